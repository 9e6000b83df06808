import { parseColumnType } from '../../expr/columnType.js'
import type { ColumnType } from '../../model/columnType.js'

/** The type of a compiled column. Throws only for a configuration that no compiler wrote. */
export function columnType(text: string): ColumnType {
  const parsed = parseColumnType(text)
  if (!('type' in parsed)) throw new Error(`a column of the configuration has the unknown type "${text}"`)
  return parsed.type
}
