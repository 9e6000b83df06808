import { columnTypeText } from './columnType.js'
import type { Exact } from './exactType.js'
import { readTimestamp } from './literal.js'

const ESCAPES: Record<string, string> = { '\\': '\\\\', "'": "\\'", '\0': '\\0', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** A ClickHouse string literal. */
export function textClickHouse(value: string): string {
  return `'${value.replace(/[\\'\0\n\r\t]/g, char => ESCAPES[char]!)}'`
}

/** A ClickHouse identifier, backquoted. */
export function identifier(name: string): string {
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``
}

/** A text literal as a value of the type it was read as. */
export function valueClickHouse(value: string, exact: Exact | undefined): string {
  switch (exact?.kind) {
    case 'uuid':
      return `toUUID(${textClickHouse(value)})`
    case 'ipv4':
      return `toIPv4(${textClickHouse(value)})`
    case 'ipv6':
      return `toIPv6(${textClickHouse(value)})`
    case 'date':
      return `toDate(${textClickHouse(value)})`
    case 'datetime64': {
      const instant = new Date(readTimestamp(value)!.ms).toISOString().replace('T', ' ').replace('Z', '')
      return `toDateTime64(${textClickHouse(instant)}, ${exact.precision}, 'UTC')`
    }
    default:
      return textClickHouse(value)
  }
}

/** A number as a literal of a type; numbers that ClickHouse would read as floats are given as text, digit by digit. */
export function numberClickHouse(text: string, exact: Exact | undefined): string {
  if (exact?.kind === 'decimal') return `CAST('${text}', '${columnTypeText(exact)}')`
  if (exact?.kind === 'int' && !fitsLiteral(text)) return `to${exact.signed ? '' : 'U'}Int${exact.bits}('${text}')`
  return exact?.kind === 'float' && /^-?\d+$/.test(text) ? `${text}.0` : text
}

function fitsLiteral(text: string): boolean {
  const value = BigInt(text)
  return value >= -(1n << 63n) && value < 1n << 64n
}

/** `sql` of type `from` as a value of type `to`; undefined when it is one already. Keeps nulls; never throws. */
export function castClickHouse(sql: string, from: Exact | undefined, to: Exact): string | undefined {
  if (from === undefined || same(from, to)) return undefined
  switch (to.kind) {
    case 'int':
      return `to${to.signed ? '' : 'U'}Int${to.bits}(${sql})`
    case 'float':
      return `toFloat${to.bits}(${sql})`
    case 'decimal':
      return `toDecimal${decimalBits(to.precision)}(${sql}, ${to.scale})`
    case 'datetime64':
      return `toDateTime64(${sql}, ${to.precision}, 'UTC')`
    default:
      return undefined
  }
}

function same(a: Exact, b: Exact): boolean {
  if (a.kind === 'int' && b.kind === 'int') return a.bits === b.bits && a.signed === b.signed
  if (a.kind === 'float' && b.kind === 'float') return a.bits === b.bits
  if (a.kind === 'decimal' && b.kind === 'decimal') return a.precision === b.precision && a.scale === b.scale
  if (a.kind === 'datetime64' && b.kind === 'datetime64') return a.precision === b.precision
  return a.kind === b.kind
}

function decimalBits(precision: number): number {
  return precision <= 9 ? 32 : precision <= 18 ? 64 : precision <= 38 ? 128 : 256
}
