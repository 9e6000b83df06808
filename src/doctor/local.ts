import { constants } from 'node:fs'
import { access, statfs } from 'node:fs/promises'
import { createServer } from 'node:net'
import { bytes, duration } from '../format/quantity.js'
import type { Model } from '../model/model.js'
import { ok, problem, type Told, warning } from './report.js'

const LEAST_NODE = [20, 19] as const
const PORT = 8080
const GB = 1e9

/** This machine: what the command line and, on an embedded target, the local stack need. `dir` is the metrics file's folder. */
export async function checkLocal(model: Model, dir: string): Promise<Told[]> {
  const embedded = model.target.clickhouse.kind === 'embedded'
  const always = [checkNode(process.versions.node), ...(await checkFolder(dir))]
  return embedded ? [...always, ...(await checkStack(dir))] : always
}

export function checkNode(version: string): Told {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const enough = major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1])
  return enough ? ok('node', version) : problem('node', version, `install Node.js ${LEAST_NODE.join('.')} or later`)
}

async function checkFolder(dir: string): Promise<Told[]> {
  const writable = await access(dir, constants.W_OK).then(
    () => true,
    () => false,
  )
  const { bavail, bsize } = await statfs(dir)
  return [
    writable
      ? ok('folder', `${dir} can be written`)
      : problem(
          'folder',
          `${dir} cannot be written`,
          'the local stack and compile write there: give yourself the right',
        ),
    checkDisk(bavail * bsize),
  ]
}

export function checkDisk(free: number): Told {
  const text = `${bytes(free)} free`
  if (free < GB) return problem('disk', text, 'make room: ClickHouse stops taking events when the disk is full')
  return free < 5 * GB ? warning('disk', text, 'make room before it fills') : ok('disk', text)
}

async function checkStack(dir: string): Promise<Told[]> {
  const { findLocal } = await import('../embedded/local.js')
  const stack = await findLocal(dir)
  if (stack !== undefined)
    return [ok('local-stack', `runs at ${stack.service.url} (pid ${stack.service.pid})`), ok('port', 'its own')]
  const free = await isFree(PORT)
  return [
    await checkEngine(),
    free ? ok('port', `${PORT} is free`) : warning('port', `${PORT} is taken`, 'rtdash up --port 0 takes a free one'),
  ]
}

/** Whether the embedded engine's library loads and answers: starts one in a temporary folder. */
async function checkEngine(): Promise<Told> {
  const { withEngine } = await import('../testCases/engine.js')
  const started = performance.now()
  try {
    const version = await withEngine(async clickhouse => {
      const [row] = await clickhouse.query<{ v: string }>('SELECT version() AS v')
      return row!.v
    })
    return ok('embedded-clickhouse', `${version} starts and stops in ${duration(performance.now() - started)}`)
  } catch (error) {
    const [first, ...rest] = (error as Error).message.split('\n')
    return problem('embedded-clickhouse', first!, rest.join(' ') || 'use a ClickHouse server: a target with its url')
  }
}

const isFree = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
