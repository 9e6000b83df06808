import { flinkType } from '../../expr/flinkType.js'
import { flinkText } from '../../expr/valuesFlink.js'
import type { ColumnType } from '../../model/columnType.js'
import type { JsonValue } from '../../model/model.js'

/** What an event that lacks the field counts as: the column's default, else its type's zero; undefined for null. */
export function zero(type: ColumnType, otherwise: JsonValue | undefined): string | undefined {
  if (otherwise !== undefined && otherwise !== null) {
    const text = typeof otherwise === 'object' ? JSON.stringify(otherwise) : String(otherwise)
    return `CAST(${flinkText(text)} AS ${flinkType(type)})`
  }
  switch (type.kind) {
    case 'nullable':
      return undefined
    case 'lowCardinality':
      return zero(type.inner, undefined)
    case 'bool':
      return 'FALSE'
    case 'string':
      return "''"
    case 'uuid':
      return "'00000000-0000-0000-0000-000000000000'"
    case 'ipv4':
      return "'0.0.0.0'"
    case 'ipv6':
      return "'::'"
    case 'enum':
      return flinkText([...type.values].sort((a, b) => a.code - b.code)[0]!.name)
    case 'date':
      return "DATE '1970-01-01'"
    case 'datetime':
    case 'datetime64':
      return 'TO_TIMESTAMP_LTZ(0, 3)'
    default:
      return `CAST(0 AS ${flinkType(type)})`
  }
}
