import type { Exact } from './exactType.js'
import { canonicalAddress, readTimestamp } from './literal.js'

/** A Flink string literal: quotes are doubled, nothing else is special. */
export function flinkText(value: string): string {
  return `'${value.replaceAll("'", "''")}'`
}

/** A Flink identifier, backquoted. */
export function flinkIdentifier(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}

/** A text literal as a value of the type it was read as; UUIDs and addresses are text in Flink, in canonical spelling. */
export function flinkValue(value: string, exact: Exact | undefined): string {
  switch (exact?.kind) {
    case 'date':
      return `DATE ${flinkText(value)}`
    case 'datetime64':
      return `TO_TIMESTAMP_LTZ(${readTimestamp(value)!.ms}, 3)`
    case 'uuid':
      return flinkText(value.toLowerCase())
    case 'ipv6':
      return flinkText(canonicalAddress(value))
    default:
      return flinkText(value)
  }
}

/** A number as a literal of a type; Flink reads one with an exponent as a DOUBLE, others as INT, BIGINT or DECIMAL. */
export function flinkNumber(text: string, exact: Exact | undefined): string {
  const digits = text.replace(/[-.]/g, '').replace(/^0+(?=\d)/, '').length
  const float = exact?.kind === 'float' || digits > 38
  return float && !text.includes('e') ? `${text}E0` : text.toUpperCase()
}
