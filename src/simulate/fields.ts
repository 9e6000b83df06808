import type { ColumnType } from '../model/columnType.js'
import { chooser, logNormal, type Random, zipf } from './random.js'
import type { Situation } from './situation.js'
import { EVENT_TYPES, REGION_HOURS, vocabulary } from './vocabulary.js'

/** Makes one column's JSON value for what happens. */
export type Field = (now: Situation) => unknown
type NumberField = (now: Situation) => number

const AMOUNT = /amount|price|revenue|total|cost|fee|sum/
const TIME = /latency|duration|elapsed|time_?ms|_ms$|delay|response/
const BYTES = /bytes|size|length/
const STATUS = /status|code/
const SHARE = /share|ratio|percent|cpu|usage|load/
const COUNT = /count|quantity|items|number|qty/

const round = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits

/** A field for a column that is neither the event's time nor its id. */
export function field(name: string, type: ColumnType, random: Random, hints: readonly string[]): Field {
  const label = name.toLowerCase()
  switch (type.kind) {
    case 'lowCardinality':
      return field(name, type.inner, random, hints)
    case 'nullable': {
      const inner = field(name, type.inner, random, hints)
      return now => (random() < 0.05 ? null : inner(now))
    }
    case 'string':
      return text(label, random, hints)
    case 'int': {
      const highest = 2 ** Math.min(52, type.bits - (type.signed ? 1 : 0)) - 1
      const number = integer(label, random, hints)
      return now => Math.min(highest, Math.max(0, Math.round(number(now))))
    }
    case 'float':
      return quantity(label, random, 3)
    case 'decimal': {
      const number = quantity(label, random, Math.min(type.scale, 4))
      const highest = 10 ** Math.min(15, type.precision - type.scale) - 1
      return now => Math.min(highest, number(now))
    }
    case 'bool':
      return /error|fail|is_bad/.test(label) ? now => now.failed : () => random() < 0.3
    case 'enum': {
      const choose = chooser(type.values.map((value, rank) => [value.name, 1 / (rank + 1)] as const))
      const names = new Set(type.values.map(value => value.name))
      return now => (names.has(now.type) ? now.type : choose(random))
    }
    case 'uuid':
      return () => uuid(random)
    case 'date':
      return now => new Date(now.time).toISOString().slice(0, 10)
    case 'datetime':
    case 'datetime64':
      return now => now.time - Math.floor(random() * 60_000)
    case 'ipv4':
      return () => `10.${zipf(random, 200)}.${zipf(random, 250)}.${1 + zipf(random, 250)}`
    case 'ipv6':
      return () => `2001:db8::${(1 + zipf(random, 60_000)).toString(16)}`
  }
}

function text(label: string, random: Random, hints: readonly string[]): Field {
  const words = vocabulary(label, hints)
  if (words.length === 0) {
    if (/user|account|customer|session|device/.test(label)) return () => `${label[0]}${zipf(random, 20_000)}`
    return () => `${label}-${zipf(random, 20) + 1}`
  }
  const choose = chooser(words)
  const fresh = hints.filter(hint => !EVENT_TYPES.some(([type]) => type === hint))
  if (words.some(([word]) => word === 'page_view')) {
    return now => (fresh.length > 0 && random() < 0.1 ? fresh[zipf(random, fresh.length)] : now.type)
  }
  if (words[0]![0] in REGION_HOURS && fresh.every(hint => hint in REGION_HOURS)) return now => now.region
  if (words.some(([word]) => word === 'ok')) return now => (now.failed ? 'error' : choose(random))
  return () => choose(random)
}

const success = chooser<number>([
  [200, 900],
  [201, 30],
  [204, 20],
  [304, 25],
  [400, 6],
  [401, 4],
  [404, 15],
])
const failure = chooser<number>([
  [500, 6],
  [502, 1],
  [503, 3],
])

function integer(label: string, random: Random, hints: readonly string[]): NumberField {
  const numbers = hints.map(Number).filter(Number.isFinite)
  if (STATUS.test(label)) return now => (now.failed ? failure : success)(random)
  if (/user|account|customer|session|visitor/.test(label)) return () => 1 + zipf(random, 50_000)
  if (/(^|_)id$/.test(label)) return () => 1 + zipf(random, 5000)
  if (COUNT.test(label)) return () => 1 + zipf(random, 12)
  if (BYTES.test(label)) return () => logNormal(random, 6000, 1.3)
  if (/port/.test(label)) return () => 1024 + zipf(random, 60_000)
  if (/year/.test(label)) return now => new Date(now.time).getUTCFullYear()
  if (/age/.test(label)) return () => 18 + zipf(random, 60)
  if (numbers.length > 0) return () => (random() < 0.5 ? numbers[zipf(random, numbers.length)]! : zipf(random, 100))
  return quantity(label, random, 0)
}

/** Amounts, times, shares: by the column's name, and by the event's type where the name says nothing. */
function quantity(label: string, random: Random, digits: number): NumberField {
  if (AMOUNT.test(label)) return () => round(logNormal(random, 38, 0.8), Math.min(digits, 2))
  if (TIME.test(label)) return now => round(latency(random, now), digits)
  if (BYTES.test(label)) return () => round(logNormal(random, 6000, 1.3), digits)
  if (SHARE.test(label)) return now => round(Math.min(1, logNormal(random, 0.2 + 0.3 * now.load, 0.3)), digits)
  if (/temp/.test(label)) return now => round(12 + 8 * now.load + random(), digits)
  if (/^lat/.test(label)) return () => round(random() * 120 - 60, digits)
  if (/^(lon|lng)/.test(label)) return () => round(random() * 360 - 180, digits)
  return now => {
    if (now.type === 'purchase') return round(logNormal(random, 38, 0.8), Math.min(digits, 2))
    if (now.type === 'page_view') return round(logNormal(random, 900, 0.6), digits)
    return round(latency(random, now), digits)
  }
}

/** Milliseconds; slower when it is busy, and slow when it fails. */
const latency = (random: Random, { failed, load }: Situation): number =>
  logNormal(random, failed ? 450 : 70 + 50 * load, failed ? 0.9 : 0.55)

export function uuid(random: Random): string {
  const hex = () =>
    Math.floor(random() * 4294967296)
      .toString(16)
      .padStart(8, '0')
  const digits = hex() + hex() + hex() + hex()
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-a${digits.slice(17, 20)}-${digits.slice(20)}`
}
