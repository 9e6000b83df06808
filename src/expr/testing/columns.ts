import type { ColumnType } from '../../model/columnType.js'
import { parseColumnType } from '../columnType.js'

/** Columns for tests, from names and ClickHouse types. */
export function columns(types: Readonly<Record<string, string>>): ReadonlyMap<string, ColumnType> {
  return new Map(Object.entries(types).map(([name, text]) => [name, columnType(text)]))
}

function columnType(text: string): ColumnType {
  const parsed = parseColumnType(text)
  if (!parsed.ok) throw new Error(parsed.message)
  return parsed.type
}
