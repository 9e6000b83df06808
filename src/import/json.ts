import type { ColumnProfile } from './profile.js'

/** Collects what the fields of JSON objects look like. */
export interface Shape {
  /** Looks at one record; yields what is wrong with it, if it is no JSON object. */
  add(value: Buffer): string | undefined
  profile(): { columns: ColumnProfile[]; leftOut: { name: string; why: string }[]; sampled: number }
  /** How a time is written as a number, where it is. */
  numberedTime(column: string): 'epoch_seconds' | 'epoch_millis' | undefined
}

type Kind = 'bool' | 'int' | 'float' | 'time' | 'uuid' | 'text' | 'seconds' | 'millis'

interface Field {
  readonly path: string
  readonly kinds: Set<Kind | 'list'>
  readonly values: Set<string>
  present: number
  least: number
  greatest: number
}

const DEPTH = 3
const LISTED = 20
/** Beyond so many it is no use to remember more. */
const REMEMBERED = 5000
const FEW = 50
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const TIME = /^\d{4}[-/]\d{2}[-/]\d{2}[T ]\d{2}:\d{2}/
const TIME_NAME = /(^|_)(ts|time|timestamp|at|date)$|Time(stamp)?$|At$/

export function createShape(): Shape {
  const fields = new Map<string, Field>()
  let sampled = 0

  function look(value: unknown, path: string, depth: number): void {
    if (value === null || value === undefined) return
    if (typeof value === 'object' && !Array.isArray(value) && depth < DEPTH) {
      for (const [key, inner] of Object.entries(value)) look(inner, path === '' ? key : `${path}.${key}`, depth + 1)
      return
    }
    const field = fields.get(path) ?? newField(path)
    fields.set(path, field)
    field.present++
    field.kinds.add(kindOf(value, path))
    if (typeof value === 'number') {
      field.least = Math.min(field.least, value)
      field.greatest = Math.max(field.greatest, value)
    }
    if (field.values.size < REMEMBERED) field.values.add(String(value))
  }

  const named = () => {
    const used = new Set<string>()
    return [...fields.values()].map(field => {
      const base = field.path.replaceAll('.', '_')
      let name = base
      for (let n = 2; used.has(name); n++) name = `${base}_${n}`
      used.add(name)
      return { name, field }
    })
  }

  return {
    add(value) {
      let event: unknown
      try {
        event = JSON.parse(value.toString('utf8'))
      } catch {
        return value[0] === 0
          ? 'its records begin with a zero byte: Avro or Protobuf of a schema registry'
          : 'its records are not JSON'
      }
      if (typeof event !== 'object' || event === null || Array.isArray(event)) return 'its records are no JSON objects'
      sampled++
      look(event, '', 0)
      return undefined
    },
    profile() {
      const columns: ColumnProfile[] = []
      const leftOut: { name: string; why: string }[] = []
      for (const { name, field } of named()) {
        const why = unusable(name, field)
        if (why === undefined) columns.push(columnOf(name, field, sampled))
        else leftOut.push({ name: field.path, why })
      }
      return { columns, leftOut, sampled }
    },
    numberedTime(column) {
      const kinds = named().find(({ name }) => name === column)?.field.kinds
      if (kinds?.has('millis')) return 'epoch_millis'
      return kinds?.has('seconds') ? 'epoch_seconds' : undefined
    },
  }
}

const newField = (path: string): Field => ({
  path,
  kinds: new Set(),
  values: new Set(),
  present: 0,
  least: Number.POSITIVE_INFINITY,
  greatest: Number.NEGATIVE_INFINITY,
})

/** Numbers of a time are those of this century, in a field that is called like one. */
function kindOf(value: unknown, path: string): Kind | 'list' {
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'number') {
    if (TIME_NAME.test(path) && value > 1e12 && value < 5e12) return 'millis'
    if (TIME_NAME.test(path) && value > 1e9 && value < 5e9) return 'seconds'
    return Number.isInteger(value) ? 'int' : 'float'
  }
  if (typeof value !== 'string') return 'list'
  if (UUID.test(value)) return 'uuid'
  return TIME.test(value) && !Number.isNaN(Date.parse(value.replaceAll('/', '-').replace(' ', 'T'))) ? 'time' : 'text'
}

function unusable(name: string, { kinds, path }: Field): string | undefined {
  if (kinds.has('list')) return 'a list, or an object too deep'
  if (!NAME.test(name) || path.split('.').some(part => part === ''))
    return 'the name is not one of letters, digits and _'
  if (name.startsWith('_') || name === 'ingested_at') return 'the name is reserved for rtdash'
  return undefined
}

function columnOf(name: string, field: Field, sampled: number): ColumnProfile {
  const absent = 1 - field.present / sampled
  const { type, note } = typeOf(field, sampled)
  const nullable = absent > 0 && !/^(LowCardinality|DateTime64)/.test(type)
  return {
    name,
    type: nullable ? `Nullable(${type})` : type,
    ...(field.path !== name && { from: field.path }),
    distinct: field.values.size,
    absent,
    ...(field.values.size <= LISTED && { values: [...field.values].sort() }),
    ...(Number.isFinite(field.least) && { least: field.least, greatest: field.greatest }),
    ...(note !== undefined && { note }),
  }
}

function typeOf({ kinds, values, least, present }: Field, sampled: number): { type: string; note?: string } {
  const only = (...some: Kind[]): boolean => [...kinds].every(kind => some.includes(kind as Kind))
  if (only('bool')) return { type: 'Bool' }
  if (only('millis', 'seconds', 'time')) return { type: 'DateTime64(3)' }
  if (only('uuid')) return { type: 'UUID' }
  if (only('int', 'millis', 'seconds')) return { type: least < 0 ? 'Int64' : 'UInt64' }
  if (only('int', 'float', 'millis', 'seconds')) return { type: 'Float64' }
  const text = only('text', 'uuid', 'time')
  const few = text && values.size <= FEW && values.size * 5 <= present && sampled >= 20
  const type = few ? 'LowCardinality(String)' : 'String'
  if (!text) return { type, note: `of several kinds: ${[...kinds].sort().join(', ')}` }
  return few ? { type, note: `${values.size} different ${values.size === 1 ? 'value' : 'values'}` } : { type }
}
