import { columnTypeText } from '../expr/columnType.js'
import type { ColumnType } from '../model/columnType.js'
import type { JsonValue } from '../model/model.js'

/** Why a value cannot be the default of a column of this type; undefined when it can. */
export function misfit(type: ColumnType, value: JsonValue): string | undefined {
  if (type.kind === 'nullable') return value === null ? undefined : misfit(type.inner, value)
  if (type.kind === 'lowCardinality') return misfit(type.inner, value)
  if (value === null) return `null is for Nullable types only, this is ${columnTypeText(type)}`
  return fits(type, value) ? undefined : `${JSON.stringify(value)} is no ${columnTypeText(type)}`
}

function fits(type: Exclude<ColumnType, { kind: 'nullable' | 'lowCardinality' }>, value: JsonValue): boolean {
  switch (type.kind) {
    case 'int':
      return fitsInt(type.bits, type.signed, value)
    case 'float':
      return typeof value === 'number' ? Number.isFinite(value) : isDecimal(value)
    case 'decimal':
      return fitsDecimal(type.precision, type.scale, value)
    case 'bool':
      return typeof value === 'boolean'
    case 'string':
      return typeof value === 'string'
    case 'enum':
      return type.values.some(each => each.name === value)
    case 'uuid':
      return typeof value === 'string' && /^[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}$/i.test(value)
    case 'date':
      return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) && isTime(value)
    case 'datetime':
    case 'datetime64':
      return (
        (typeof value === 'number' && Number.isFinite(value) && value >= 0) ||
        (typeof value === 'string' && isTime(value))
      )
    case 'ipv4':
      return (
        typeof value === 'string' &&
        /^(\d{1,3}\.){3}\d{1,3}$/.test(value) &&
        value.split('.').every(part => Number(part) < 256)
      )
    case 'ipv6':
      return typeof value === 'string' && /^[\da-f:.]*:[\da-f:.]*$/i.test(value)
  }
}

function fitsInt(bits: number, signed: boolean, value: JsonValue): boolean {
  const whole =
    typeof value === 'number' ? Number.isInteger(value) : typeof value === 'string' && /^-?\d{1,80}$/.test(value)
  if (!whole) return false
  const exact = BigInt(value as string | number)
  const limit = 1n << BigInt(signed ? bits - 1 : bits)
  return exact < limit && exact >= (signed ? -limit : 0n)
}

const isDecimal = (value: JsonValue): value is string => typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value)

function fitsDecimal(precision: number, scale: number, value: JsonValue): boolean {
  const text = typeof value === 'number' ? String(value) : value
  if (!isDecimal(text)) return false
  const [whole = '', fraction = ''] = text.replace(/^-/, '').split('.')
  return fraction.replace(/0+$/, '').length <= scale && whole.replace(/^0+/, '').length <= precision - scale
}

const isTime = (text: string): boolean =>
  !Number.isNaN(Date.parse(text.includes(':') || text.length <= 10 ? text.replaceAll('/', '-') : text))
