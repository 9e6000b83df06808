import type { Exact } from './exactType.js'
import { numberClickHouse } from './valuesClickHouse.js'

/** The number as a literal of an integer, decimal or float type, if that type has it. */
export function fitting(text: string, exact: Exact): string | undefined {
  if (exact.kind === 'float') return numberClickHouse(text, exact)
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d+)(?:\.(\d+?)0*)?$/.exec(text) ?? []
  if (whole === '') return undefined
  const digits = /^0*$/.test(fraction) ? '' : fraction
  if (exact.kind === 'decimal') {
    if (digits.length > exact.scale || whole.replace(/^0/, '').length > exact.precision - exact.scale) return undefined
    return numberClickHouse(digits === '' ? `${sign}${whole}` : `${sign}${whole}.${digits}`, exact)
  }
  if (exact.kind !== 'int' || digits !== '') return undefined
  const value = BigInt(`${sign}${whole}`)
  const fits = exact.signed ? BigInt.asIntN(exact.bits, value) === value : BigInt.asUintN(exact.bits, value) === value
  return fits ? numberClickHouse(String(value), exact) : undefined
}
