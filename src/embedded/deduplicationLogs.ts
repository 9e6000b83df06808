import { appendFileSync, existsSync, readdirSync, readFileSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { processExists } from './files.js'

/**
 * An INSERT's token is written into the table's deduplication log before its part is renamed into place. An engine
 * killed between the two would take the same batch, sent again, for a duplicate and drop it. This takes such tokens back
 * after a kill, before the next start; returns the names of the parts that never came to be. `data`: the engine's folder.
 */
export function forgetUncommitted(data: string): string[] {
  if (!wasKilled(data)) return []
  return tablesIn(data).flatMap(table => {
    const folder = join(table, 'deduplication_logs')
    const logs = (existsSync(folder) ? readdirSync(folder) : []).sort((a, b) => numberOf(a) - numberOf(b))
    if (logs.length === 0) return []
    const remembered = new Map<string, string>()
    for (const log of logs) {
      for (const line of wholeLines(join(folder, log))) {
        const [operation, part, token] = line.split('\t') as [string, string, string]
        if (operation === ADD) remembered.set(token, part)
        else remembered.delete(token)
      }
    }
    const exists = partsIn(table)
    const lost = [...remembered].filter(([, part]) => !exists(part))
    appendFileSync(join(folder, logs.at(-1)!), lost.map(([token, part]) => `${DROP}\t${part}\t${token}\n`).join(''))
    return lost.map(([, part]) => part)
  })
}

const ADD = '1'
const DROP = '2'

const numberOf = (log: string): number => Number(/\d+/.exec(log)?.[0] ?? 0)

/** The engine removes its status file when it ends in order. One whose process lives may still be writing. */
function wasKilled(data: string): boolean {
  const status = join(data, 'status')
  const pid = existsSync(status) ? /^PID: (\d+)/m.exec(readFileSync(status, 'utf8'))?.[1] : undefined
  return pid !== undefined && !isEngine(Number(pid), data)
}

/** Process ids are given again; where the system tells command lines, only one that names the folder counts. */
function isEngine(pid: number, data: string): boolean {
  if (!processExists(pid)) return false
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(JSON.stringify(data))
  } catch {
    return processExists(pid)
  }
}

function tablesIn(data: string): string[] {
  const store = join(data, 'store')
  if (!existsSync(store)) return []
  return readdirSync(store).flatMap(group => readdirSync(join(store, group)).map(table => join(store, group, table)))
}

/** A last line that the kill cut off is cut away: its part was not to be seen yet. */
function wholeLines(log: string): string[] {
  const bytes = readFileSync(log)
  const end = bytes.lastIndexOf('\n') + 1
  if (end < bytes.length) truncateSync(log, end)
  return bytes.subarray(0, end).toString().split('\n').slice(0, -1)
}

const PART = /^([^_]+)_(\d+)_(\d+)_\d+(?:_\d+)?$/

/** Whether a part's block lies in one of the table's parts, itself or one that it was merged into. */
function partsIn(table: string): (name: string) => boolean {
  const ranges = new Map<string, [from: number, to: number][]>()
  for (const name of readdirSync(table)) {
    const [, partition, from, to] = PART.exec(name) ?? []
    if (partition === undefined) continue
    const list = ranges.get(partition) ?? []
    list.push([Number(from), Number(to)])
    ranges.set(partition, list)
  }
  return name => {
    const [, partition, block] = PART.exec(name) ?? []
    // A name of another form is left to the engine.
    if (partition === undefined) return true
    return (ranges.get(partition) ?? []).some(([from, to]) => from <= Number(block) && Number(block) <= to)
  }
}
