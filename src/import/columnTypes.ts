import { columnTypeText, parseColumnType } from '../expr/columnType.js'
import type { ColumnType } from '../model/columnType.js'

/** A type of the language for one of ClickHouse's, or why there is none. */
export type Mapped = { readonly type: string; readonly note?: string } | { readonly why: string }

/** Codes that an Enum8 has. */
const ENUM8_VALUES = 256

/** Finds the type of the language that holds what a column of ClickHouse holds. */
export function mapType(text: string): Mapped {
  const parsed = parseColumnType(text)
  if (parsed.ok) return { type: written(parsed.type) }
  const wrapped = /^(Nullable|LowCardinality)\((.*)\)$/s.exec(text)
  if (wrapped) {
    const inner = mapType(wrapped[2]!)
    if ('why' in inner) return inner
    const type = `${wrapped[1]}(${inner.type})`
    return parseColumnType(type).ok ? { ...inner, type } : { ...inner, note: `was ${text}` }
  }
  const zone = /^DateTime(?:64\((\d)\s*,\s*|\()'([^']+)'\)$/.exec(text)
  if (zone)
    return {
      type: zone[1] === undefined ? 'DateTime' : `DateTime64(${zone[1]})`,
      note: `was in ${zone[2]}; instants are the same in UTC`,
    }
  if (/^FixedString\(\d+\)$/.test(text)) return { type: 'String', note: `was ${text}` }
  if (text === 'Date32') return { type: 'Date', note: 'was Date32; Date reaches from 1970 to 2149' }
  if (text.startsWith('Enum16(')) {
    const enum8 = text.replace('Enum16', 'Enum8')
    if (text.split("'").length / 2 < ENUM8_VALUES && parseColumnType(enum8).ok)
      return { type: enum8, note: 'was Enum16' }
    return { type: 'LowCardinality(String)', note: 'was Enum16' }
  }
  return { why: `${text} is no type of a source’s column` }
}

/** As people write it: times are in UTC without saying so. */
const written = (type: ColumnType): string =>
  columnTypeText(type)
    .replace(/, 'UTC'\)/g, ')')
    .replace(/\('UTC'\)/g, '')
