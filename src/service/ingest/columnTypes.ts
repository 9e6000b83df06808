import { columnTypeText, parseColumnType } from '../../expr/columnType.js'
import type { ColumnType } from '../../model/columnType.js'

/** The type of a compiled column. Throws only for a configuration that no compiler wrote. */
export function columnType(text: string): ColumnType {
  const parsed = parseColumnType(text)
  if (!parsed.ok) throw new Error(`a column of the configuration has the unknown type "${text}"`)
  return parsed.type
}

/** The type as ClickHouse compares it: the values of an enumeration in the order of their numbers. */
export function comparableType(text: string): string {
  return columnTypeText(ordered(columnType(text)))
}

function ordered(type: ColumnType): ColumnType {
  if (type.kind === 'nullable') return { kind: 'nullable', inner: ordered(type.inner) }
  if (type.kind !== 'enum') return type
  return { kind: 'enum', values: type.values.toSorted((a, b) => a.code - b.code) }
}
