import type { ColumnType } from '../model/columnType.js'
import type { ValueType } from '../model/expr.js'

// The algebra of value types. Every rule picks a type that holds all results, so that no engine can overflow and throw:
// see src/expr/README.md for the table.

/** A column type without Nullable and LowCardinality. */
export type Exact = Exclude<ColumnType, { kind: 'nullable' } | { kind: 'lowCardinality' }>
export type IntType = Extract<Exact, { kind: 'int' }>
export type DecimalType = Extract<Exact, { kind: 'decimal' }>

export const BOOL: Exact = { kind: 'bool' }
export const STRING: Exact = { kind: 'string' }
export const FLOAT: Exact = { kind: 'float', bits: 64 }
export const UINT64: IntType = { kind: 'int', bits: 64, signed: false }

/** A column's type split into what it holds and whether null is among it. */
export function unwrap(type: ColumnType): { readonly exact: Exact; readonly nullable: boolean } {
  if (type.kind === 'nullable') return { exact: unwrap(type.inner).exact, nullable: true }
  if (type.kind === 'lowCardinality') return unwrap(type.inner)
  return { exact: type, nullable: false }
}

const BASES = {
  int: 'int',
  float: 'float',
  decimal: 'decimal',
  bool: 'bool',
  string: 'string',
  enum: 'string',
  uuid: 'uuid',
  date: 'date',
  datetime: 'datetime',
  datetime64: 'datetime',
  ipv4: 'ip',
  ipv6: 'ip',
} as const satisfies Record<Exact['kind'], ValueType['base']>

/** The model's value type for an exact type. */
export function valueType(exact: Exact, nullable: boolean): ValueType {
  const base = BASES[exact.kind]
  return exact.kind === 'decimal' ? { base, nullable, scale: exact.scale, exact } : { base, nullable, exact }
}

/** The exact type of a typed expression; undefined for null. */
export function exactOf(type: ValueType): Exact | undefined {
  return type.exact === undefined ? undefined : unwrap(type.exact).exact
}

export function isNumeric(exact: Exact): boolean {
  return exact.kind === 'int' || exact.kind === 'float' || exact.kind === 'decimal'
}

/** Bits of the largest magnitude. */
function magnitude(type: IntType): number {
  return type.signed ? type.bits - 1 : type.bits
}

/** The smallest of the given signed widths that holds `bits` bits of magnitude; 256 at most. */
export function signedInt(bits: number, widths: readonly IntType['bits'][]): IntType {
  return { kind: 'int', bits: widths.find(width => width > bits) ?? 256, signed: true }
}

/** A decimal of the ClickHouse width that holds so many digits, or a float where 76 do not suffice. */
export function decimal(digits: number, scale: number): Exact {
  const precision = [18, 38, 76].find(width => width >= digits)
  return precision === undefined ? FLOAT : { kind: 'decimal', precision, scale }
}

/** Decimal digits before the point. */
function wholeDigits(type: IntType | DecimalType): number {
  return type.kind === 'decimal' ? type.precision - type.scale : Math.ceil(magnitude(type) * Math.log10(2))
}

function digitsOf(type: IntType | DecimalType): number {
  return type.kind === 'decimal' ? type.precision : wholeDigits(type)
}

function scaleOf(type: IntType | DecimalType): number {
  return type.kind === 'decimal' ? type.scale : 0
}

const ARITHMETIC_WIDTHS = [64, 128, 256] as const
const ALL_WIDTHS = [8, 16, 32, 64, 128, 256] as const

/** The type of `a op b` for numbers; undefined where `op` does not take them. */
export function arithmeticType(op: '+' | '-' | '*' | '/' | '%', a: Exact, b: Exact): Exact | undefined {
  if (op === '/') return FLOAT
  if (a.kind === 'int' && b.kind === 'int') return op === '%' ? moduloType(a, b) : integerResult(op, a, b)
  if (op === '%') return undefined
  if ((a.kind !== 'int' && a.kind !== 'decimal') || (b.kind !== 'int' && b.kind !== 'decimal')) return FLOAT
  if (op === '*') return decimal(digitsOf(a) + digitsOf(b), scaleOf(a) + scaleOf(b))
  const scale = Math.max(scaleOf(a), scaleOf(b))
  return decimal(Math.max(wholeDigits(a), wholeDigits(b)) + scale + 1, scale)
}

function integerResult(op: '+' | '-' | '*', a: IntType, b: IntType): IntType {
  const bits = op === '*' ? magnitude(a) + magnitude(b) : Math.max(magnitude(a), magnitude(b)) + 1
  return signedInt(bits, ARITHMETIC_WIDTHS)
}

function moduloType(a: IntType, b: IntType): IntType {
  if (a.signed || b.signed) return signedInt(Math.max(magnitude(a), magnitude(b)), ARITHMETIC_WIDTHS)
  return { kind: 'int', bits: ARITHMETIC_WIDTHS.find(width => width >= Math.max(a.bits, b.bits)) ?? 256, signed: false }
}

/** The type of `-a`. */
export function negatedType(a: Exact): Exact {
  return a.kind === 'int' ? signedInt(magnitude(a) + (a.signed ? 1 : 0), ARITHMETIC_WIDTHS) : a
}

/** The type of `round`, `floor`, `ceil`: a decimal may gain a digit, 9.99 becomes 10. */
export function roundedType(a: Exact): Exact {
  return a.kind === 'decimal' ? decimal(a.precision + 1, a.scale) : a
}

/** The type of `abs(a)`. */
export function absoluteType(a: Exact): Exact {
  return a.kind === 'int' ? { ...a, signed: false } : a
}

/** The type that holds the values of both; undefined when they do not go together. Enums become strings. */
export function commonType(a: Exact, b: Exact): Exact | undefined {
  if (isNumeric(a) && isNumeric(b)) return commonNumber(a, b)
  if (BASES[a.kind] === 'string' && BASES[b.kind] === 'string') return STRING
  if (isTime(a) && isTime(b)) return commonTime(a, b)
  return a.kind === b.kind ? a : undefined
}

function commonNumber(a: Exact, b: Exact): Exact {
  if (a.kind === 'float' && b.kind === 'float') return a.bits > b.bits ? a : b
  if (a.kind === 'int' && b.kind === 'int') return commonInteger(a, b)
  if ((a.kind !== 'int' && a.kind !== 'decimal') || (b.kind !== 'int' && b.kind !== 'decimal')) return FLOAT
  if (a.kind === 'decimal' && b.kind === 'decimal' && a.precision === b.precision && a.scale === b.scale) return a
  const scale = Math.max(scaleOf(a), scaleOf(b))
  return decimal(Math.max(wholeDigits(a), wholeDigits(b)) + scale, scale)
}

function commonInteger(a: IntType, b: IntType): Exact {
  if (a.signed === b.signed) return a.bits >= b.bits ? a : b
  const bits = Math.max(magnitude(a), magnitude(b))
  return bits >= 256 ? FLOAT : signedInt(bits, ALL_WIDTHS)
}

function isTime(a: Exact): boolean {
  return a.kind === 'date' || a.kind === 'datetime' || a.kind === 'datetime64'
}

/** Digits of the fraction of a second. */
export function timeScale(a: Exact): number {
  return a.kind === 'datetime64' ? a.precision : 0
}

/** Different scales meet at 8 digits at most: nanoseconds end in 2262, and a later date would overflow and throw. */
function commonTime(a: Exact, b: Exact): Exact {
  if (a.kind === b.kind && timeScale(a) === timeScale(b)) return a
  return { kind: 'datetime64', precision: Math.min(8, Math.max(timeScale(a), timeScale(b))) }
}
