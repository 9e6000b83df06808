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
export function formatValue(value: number | null | undefined, unit: string, locale?: Locale): Reading {
  if (value === null || value === undefined || !Number.isFinite(value)) return MISSING
  if (unit === 'ratio') return { before: '', digits: plain(value * 100, locale), after: '%' }
  if (unit === 'ms') return scaled(value, TIME, locale)
  if (unit === 's' || unit === 'seconds') return scaled(value * 1_000, TIME, locale)
  if (unit === 'B' || unit === 'bytes') return scaled(value, BYTES, locale)
  if (isCurrency(unit)) return currency(value, unit, locale)
  return { before: '', digits: plain(value, locale), after: unit }
}

/** The same in one line, for axes, tables and screen readers. */
export function valueText(value: number | null | undefined, unit: string, locale?: Locale): string {
  const { before, digits, after } = formatValue(value, unit, locale)
  return `${before}${digits}${after === '%' || after === '' ? after : `\u00a0${after}`}`
}

function plain(value: number, locale: Locale): string {
  const size = Math.abs(value)
  if (size >= 1e6)
    return numberFormat(locale, { notation: 'compact', minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(
      value,
    )
  if (size !== 0 && size < 1) return numberFormat(locale, { maximumSignificantDigits: 3 }).format(value)
  const digits = Number.isInteger(value) ? 0 : size < 10 ? 2 : size < 1_000 ? 1 : 0
  return numberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value)
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

function scaled(value: number, steps: Steps, locale: Locale): Reading {
  const smallest = steps.findLast(([from]) => from === 1) ?? steps.at(-1)!
  const [from, unit] = value === 0 ? smallest : (steps.find(([least]) => Math.abs(value) >= least) ?? steps.at(-1)!)
  return { before: '', digits: plain(value / from, locale), after: unit }
}

function currency(value: number, code: string, locale: Locale): Reading {
  const size = Math.abs(value)
  const parts = numberFormat(locale, {
    style: 'currency',
    currency: code,
    currencyDisplay: 'narrowSymbol',
    ...(size >= 1e7
      ? { notation: 'compact', minimumFractionDigits: 2, maximumFractionDigits: 2 }
      : size >= 1_000
        ? { minimumFractionDigits: 0, maximumFractionDigits: 0 }
        : {}),
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
