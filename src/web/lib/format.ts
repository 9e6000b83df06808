/** A number made ready to show: the digits large, what stands before and after them small. */
export interface Reading {
  readonly before: string
  readonly digits: string
  readonly after: string
}

type Locale = string | undefined
const MISSING: Reading = { before: '', digits: '–', after: '' }

/**
 * Writes a value in its unit. `ratio` (0…1) becomes percent and `%` already is; currency codes follow the locale;
 * `ms`, `s` and bytes change to the size that reads best; a million and more is written compactly.
 */
export function formatValue(value: number | null | undefined, unit: string, locale?: Locale, trim = false): Reading {
  if (value === null || value === undefined || !Number.isFinite(value)) return MISSING
  if (unit === 'ratio') return { before: '', digits: plain(value * 100, locale, trim), after: '%' }
  if (unit === 'ms') return scaled(value, TIME, locale, trim)
  if (unit === 's' || unit === 'seconds') return scaled(value * 1_000, TIME, locale, trim)
  if (unit === 'B' || unit === 'bytes') return scaled(value, BYTES, locale, trim)
  if (isCurrency(unit)) return currency(value, unit, locale, trim)
  return { before: '', digits: plain(value, locale, trim), after: unit.replace(/^1(?=\/)/, '') }
}

/** The same in one line, for axes, tables and screen readers. */
export function valueText(value: number | null | undefined, unit: string, locale?: Locale): string {
  return joined(formatValue(value, unit, locale))
}

function joined({ before, digits, after }: Reading): string {
  return `${before}${digits}${after === '%' || after === '' ? after : `\u00a0${after}`}`
}

/** For axes and tables, which say a plain unit once: digits, and only units that belong to them (€, %, ms, kB). */
export function shortText(value: number | null | undefined, unit: string, locale?: Locale): string {
  return valueText(value, hasOwnSize(unit) ? unit : '', locale)
}

/** A label of an axis: as `shortText`, without zeros that say nothing (`2.50 %` is `2.5%`). */
export function axisText(value: number, unit: string, locale?: Locale): string {
  return joined(formatValue(value, hasOwnSize(unit) ? unit : '', locale, true))
}

const SIZED: ReadonlySet<string> = new Set(['ratio', '%', 'ms', 's', 'seconds', 'B', 'bytes'])
const hasOwnSize = (unit: string) => SIZED.has(unit) || isCurrency(unit)

function plain(value: number, locale: Locale, trim: boolean): string {
  const size = Math.abs(value)
  if (size !== 0 && size < 1) return numberFormat(locale, { maximumSignificantDigits: 3 }).format(value)
  const digits = size >= 1e6 ? 2 : Number.isInteger(value) ? 0 : size < 10 ? 2 : size < 100 ? 1 : 0
  return numberFormat(locale, {
    minimumFractionDigits: trim ? 0 : digits,
    maximumFractionDigits: digits,
    ...(size >= 1e6 ? { notation: 'compact' } : {}),
  }).format(value)
}

type Steps = readonly (readonly [from: number, unit: string])[]
const TIME: Steps = [
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
  [1, 'ms'],
  [0.001, 'µs'],
]
const BYTES: Steps = [
  [1e12, 'TB'],
  [1e9, 'GB'],
  [1e6, 'MB'],
  [1e3, 'kB'],
  [1, 'B'],
]

function scaled(value: number, steps: Steps, locale: Locale, trim: boolean): Reading {
  const smallest = steps.findLast(([from]) => from === 1) ?? steps.at(-1)!
  const [from, unit] = value === 0 ? smallest : (steps.find(([least]) => Math.abs(value) >= least) ?? steps.at(-1)!)
  return { before: '', digits: plain(value / from, locale, trim), after: unit }
}

function currency(value: number, code: string, locale: Locale, trim: boolean): Reading {
  const size = Math.abs(value)
  const parts = numberFormat(locale, {
    style: 'currency',
    currency: code,
    currencyDisplay: 'narrowSymbol',
    ...(size >= 1e7 ? { notation: 'compact' } : {}),
    ...(size < 1_000 && !trim
      ? {}
      : { minimumFractionDigits: 0, maximumFractionDigits: size >= 1_000 && size < 1e7 ? 0 : 2 }),
  }).formatToParts(value)
  const symbol = parts.findIndex(part => part.type === 'currency')
  const rest = parts.filter(part => part.type !== 'currency').map(part => part.value)
  const digits = rest.join('').trim()
  const name = parts[symbol]?.value ?? code
  return symbol <= 1 ? { before: name, digits, after: '' } : { before: '', digits, after: name }
}

let currencies: ReadonlySet<string> | undefined
function isCurrency(unit: string): boolean {
  if (!/^[A-Z]{3}$/.test(unit)) return false
  currencies ??= new Set(Intl.supportedValuesOf('currency'))
  return currencies.has(unit)
}

/** Making a formatter is slow, formatting is not: each is made once. */
const formats = new Map<string, Intl.NumberFormat>()
function numberFormat(locale: Locale, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${locale}${JSON.stringify(options)}`
  let format = formats.get(key)
  if (!format) {
    format = new Intl.NumberFormat(locale, options)
    formats.set(key, format)
  }
  return format
}
