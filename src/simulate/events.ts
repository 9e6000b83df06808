import { parseColumnType } from '../expr/columnType.js'
import type { ColumnType } from '../model/columnType.js'
import type { TimestampFormat } from '../model/model.js'
import type { ColumnConfig, SourceConfig } from '../model/serviceConfig.js'
import { type Field, field, uuid } from './fields.js'
import { createRandom, type Random, seedOf } from './random.js'
import { happen, type Situation } from './situation.js'

/** One event as JSON, happening at `now` (epoch ms) or a little before. */
export type MakeEvent = (now: number) => string

/** String literals that metrics compare a column with, by column. */
export type Hints = Readonly<Record<string, readonly string[]>>

/** One in a hundred events is late by up to so much. */
const LATE_SHARE = 0.01
const LATE_MS = 4000
/** Where there is an id, so many events are sent a second time. */
const REPEATED_SHARE = 0.002
const REMEMBERED = 64

/** Makes events of a source; the same seed makes the same ones, but for their times. */
export function createEvents(source: SourceConfig, seed: number, hints: Hints): MakeEvent {
  const random = createRandom(seedOf(seed, source.name))
  const situation: Situation = { time: 0, type: '', region: '', failed: false, load: 0 }
  const fields = source.columns.map(column => ({
    path: column.from ?? [column.name],
    make: columnField(source, column, seed, hints),
  }))
  const latest = Math.min(LATE_MS, (source.accept.olderMs ?? LATE_MS) / 2)
  const recent: string[] = []

  return now => {
    if (source.id !== undefined && recent.length === REMEMBERED && random() < REPEATED_SHARE) {
      return recent[Math.floor(random() * REMEMBERED)]!
    }
    const late = random() < LATE_SHARE ? Math.floor(random() * latest) : 0
    happen(random, now - late, situation)
    const event: Record<string, unknown> = {}
    for (const { path, make } of fields) put(event, path, make(situation))
    const text = JSON.stringify(event)
    if (source.id !== undefined) {
      if (recent.length < REMEMBERED) recent.push(text)
      else recent[Math.floor(random() * REMEMBERED)] = text
    }
    return text
  }
}

function columnField(source: SourceConfig, column: ColumnConfig, seed: number, hints: Hints): Field {
  const parsed = parseColumnType(column.type)
  if (!parsed.ok) throw new Error(`column ${column.name}: ${parsed.message}`)
  const random = createRandom(seedOf(seed, column.name))
  if (column.name === source.timestamp) return timestamp(source.format)
  if (column.name === source.id) return identity(parsed.type, seed, random)
  const own = Object.hasOwn(hints, column.name) ? hints[column.name]! : []
  return field(column.name, parsed.type, random, own)
}

function timestamp(format: TimestampFormat | undefined): Field {
  if (format === 'epoch_seconds') return ({ time }) => time / 1000
  if (format === 'best_effort') return ({ time }) => new Date(time).toISOString()
  return ({ time }) => time
}

/** Values that never come twice in one run, and hardly in two runs of different seeds. */
function identity(type: ColumnType, seed: number, random: Random): Field {
  const start = seedOf(seed, 'id') >>> 0
  let count = 0
  if (type.kind === 'uuid') return () => uuid(random)
  if (type.kind === 'int') {
    const bits = type.bits - (type.signed ? 1 : 0)
    if (bits >= 53) return () => (start % 2 ** 26) * 2 ** 27 + (count++ % 2 ** 27)
    return () => (start + count++) % 2 ** bits
  }
  return () => `${start.toString(36)}-${(count++).toString(36)}`
}

function put(event: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let at = event
  for (const key of path.slice(0, -1)) {
    at[key] ??= {}
    at = at[key] as Record<string, unknown>
  }
  at[path.at(-1)!] = value
}
