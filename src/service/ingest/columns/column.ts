import type { ColumnType } from '../../../model/columnType.js'
import type { TimestampFormat } from '../../../model/model.js'
import { ipv4, ipv6, uuid } from './address.js'
import { date, dateTime, dateTime64 } from './dateTime.js'
import { decimal } from './decimal.js'
import type { Encode } from './encode.js'
import { float } from './float.js'
import type { Instant } from './instant.js'
import { integer } from './integer.js'
import { bool, enumeration, text } from './text.js'

export interface EncodeOptions {
  /** Where the value stands in the event, outermost first. */
  readonly path: readonly string[]
  readonly format?: TimestampFormat | undefined
  /** Receives the moment that a time column has read, for checks after it. */
  readonly instant?: Instant
}

/** The encoder of a column's type: made once per configuration, called for every value. */
export function encoder(type: ColumnType, options: EncodeOptions): Encode {
  const { path, format, instant = { ms: 0, nanos: 0 } } = options
  switch (type.kind) {
    case 'int':
      return integer(type.bits, type.signed, path)
    case 'float':
      return float(type.bits)
    case 'decimal':
      return decimal(type.precision, type.scale, path)
    case 'bool':
      return bool
    case 'string':
      return text(path)
    case 'uuid':
      return uuid
    case 'date':
      return date(instant)
    case 'datetime':
      return dateTime(format, instant)
    case 'datetime64':
      return dateTime64(type.precision, format, instant)
    case 'enum':
      return enumeration(type.values)
    case 'ipv4':
      return ipv4
    case 'ipv6':
      return ipv6
    case 'lowCardinality':
      return encoder(type.inner, options)
    case 'nullable':
      return nullable(encoder(type.inner, options))
  }
}

function nullable(inner: Encode): Encode {
  return (value, out, json) => {
    out.int(value === null ? 1 : 0, 1)
    return value === null ? undefined : inner(value, out, json)
  }
}

/** The JSON value of a type's zero: what a missing column without a default becomes. */
export function zero(type: ColumnType): unknown {
  switch (type.kind) {
    case 'int':
    case 'float':
    case 'decimal':
    case 'datetime':
    case 'datetime64':
      return 0
    case 'bool':
      return false
    case 'string':
      return ''
    case 'uuid':
      return '00000000-0000-0000-0000-000000000000'
    case 'date':
      return '1970-01-01'
    case 'enum':
      return type.values.toSorted((a, b) => a.code - b.code)[0]?.name
    case 'ipv4':
      return '0.0.0.0'
    case 'ipv6':
      return '::'
    case 'nullable':
      return null
    case 'lowCardinality':
      return zero(type.inner)
  }
}
