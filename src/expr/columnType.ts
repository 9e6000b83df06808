import type { ColumnType, EnumValue } from '../model/columnType.js'

/** A type read from its text, or what is wrong with the text. */
export type ParsedColumnType =
  | { readonly ok: true; readonly type: ColumnType }
  | { readonly ok: false; readonly message: string }

/** ClickHouse's spelling of a column type. Times are always in UTC, whatever the server's own zone. */
export function columnTypeText(type: ColumnType): string {
  switch (type.kind) {
    case 'int':
      return `${type.signed ? '' : 'U'}Int${type.bits}`
    case 'float':
      return `Float${type.bits}`
    case 'decimal':
      return `Decimal(${type.precision}, ${type.scale})`
    case 'datetime':
      return "DateTime('UTC')"
    case 'datetime64':
      return `DateTime64(${type.precision}, 'UTC')`
    case 'enum':
      return `Enum8(${type.values.map(({ name, code }) => `${quoted(name)} = ${code}`).join(', ')})`
    case 'nullable':
      return `Nullable(${columnTypeText(type.inner)})`
    case 'lowCardinality':
      return `LowCardinality(${columnTypeText(type.inner)})`
    default:
      return PLAIN_NAMES[type.kind]
  }
}

const PLAIN_NAMES = { bool: 'Bool', string: 'String', uuid: 'UUID', date: 'Date', ipv4: 'IPv4', ipv6: 'IPv6' } as const
const PLAIN_KINDS = new Map(Object.entries(PLAIN_NAMES).map(([kind, name]) => [name, kind as keyof typeof PLAIN_NAMES]))
const FORMS = ['Int32', 'UInt64', 'Float64', 'Decimal(18, 4)', 'DateTime', 'DateTime64(3)', "Enum8('a' = 1)"]

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

/** Reads a ClickHouse column type of those a source's column may have. */
export function parseColumnType(text: string): ParsedColumnType {
  const match = /^\s*(\w+)\s*(?:\((.*)\))?\s*$/s.exec(text)
  if (!match) return refuse(`"${text}" is not a column type`)
  const [, name = '', args] = match
  if (name === 'Nullable' || name === 'LowCardinality') return parseWrapper(name, args ?? '')
  if (name === 'Enum8') return parseEnum(args ?? '')
  return parseScalar(name, args) ?? unknown(name, args)
}

function parseScalar(name: string, args: string | undefined): ParsedColumnType | undefined {
  if (name === 'DateTime') return args === undefined || isUtc(args) ? accept({ kind: 'datetime' }) : refuse(ONLY_UTC)
  if (name === 'DateTime64') return parseDateTime64(args ?? '')
  if (name === 'Decimal') return parseDecimal(args ?? '')
  if (args !== undefined) return undefined
  const plain = PLAIN_KINDS.get(name as never)
  if (plain) return accept({ kind: plain })
  const int = /^(U?)Int(8|16|32|64|128|256)$/.exec(name)
  if (int) return accept({ kind: 'int', bits: Number(int[2]) as 8, signed: int[1] === '' })
  if (name === 'Float32' || name === 'Float64') return accept({ kind: 'float', bits: name === 'Float32' ? 32 : 64 })
  return undefined
}

function unknown(name: string, args: string | undefined): ParsedColumnType {
  const known = [...PLAIN_KINDS.keys(), ...FORMS, 'Nullable(String)', 'LowCardinality(String)']
  const near = known.find(form => form.toLowerCase() === name.toLowerCase())
  if (near && args === undefined) return refuse(`there is no type ${name}, did you mean ${near}?`)
  return refuse(`there is no type ${args === undefined ? name : `${name}(${args})`}; there are: ${known.join(', ')}`)
}

function parseWrapper(name: 'Nullable' | 'LowCardinality', text: string): ParsedColumnType {
  const parsed = parseColumnType(text)
  if (!parsed.ok) return parsed
  const inner = parsed.type
  if (name === 'Nullable') {
    if (inner.kind === 'nullable') return refuse('Nullable(Nullable(…)) does not exist, one is enough')
    if (inner.kind === 'lowCardinality')
      return refuse('write LowCardinality(Nullable(String)), not the other way round')
    return accept({ kind: 'nullable', inner })
  }
  const element = inner.kind === 'nullable' ? inner.inner : inner
  if (element.kind !== 'string') {
    return refuse(`LowCardinality takes String or Nullable(String); write ${columnTypeText(inner)} without it`)
  }
  return accept({ kind: 'lowCardinality', inner })
}

const ONLY_UTC = "times are stored in UTC: leave the zone out, or write 'UTC'"

function isUtc(text: string): boolean {
  return /^\s*'UTC'\s*$/.test(text)
}

function parseDateTime64(args: string): ParsedColumnType {
  const match = /^\s*(\d)\s*(?:,(.*))?$/s.exec(args)
  if (!match) return refuse('DateTime64 takes the digits of a second, 0 to 9: DateTime64(3) is milliseconds')
  if (match[2] !== undefined && !isUtc(match[2])) return refuse(ONLY_UTC)
  return accept({ kind: 'datetime64', precision: Number(match[1]) })
}

function parseDecimal(args: string): ParsedColumnType {
  const match = /^\s*(\d{1,2})\s*(?:,\s*(\d{1,2})\s*)?$/.exec(args)
  const precision = Number(match?.[1])
  const scale = Number(match?.[2] ?? 0)
  if (!match || precision < 1 || precision > 76 || scale > precision) {
    return refuse('Decimal(p, s) takes 1 to 76 digits p, of which 0 to p are after the point')
  }
  return accept({ kind: 'decimal', precision, scale })
}

/** `'a' = 1, 'b' = 2`; without numbers they count on from the one before, the first from 1. */
function parseEnum(args: string): ParsedColumnType {
  const values: EnumValue[] = []
  const item = /\s*'((?:[^'\\]|\\.|'')*)'\s*(?:=\s*(-?\d{1,3})\s*)?(,|$)/sy
  while (item.lastIndex < args.length) {
    const match = item.exec(args)
    if (!match) return refuse("Enum8 lists its values as 'name' = number, with commas between")
    const name = (match[1] ?? '').replace(/\\(.)|''/gs, (_, escaped: string | undefined) => escaped ?? "'")
    const code = match[2] === undefined ? (values.at(-1)?.code ?? 0) + 1 : Number(match[2])
    if (code < -128 || code > 127) return refuse(`the number of '${name}' in an Enum8 lies between -128 and 127`)
    if (values.some(value => value.name === name)) return refuse(`Enum8 names '${name}' twice`)
    if (values.some(value => value.code === code)) return refuse(`Enum8 uses the number ${code} twice`)
    values.push({ name, code })
    if (match[3] === ',' && item.lastIndex >= args.length) return refuse('Enum8 ends with a comma')
  }
  return values.length > 0 ? accept({ kind: 'enum', values }) : refuse('Enum8 needs at least one value')
}

function accept(type: ColumnType): ParsedColumnType {
  return { ok: true, type }
}

function refuse(message: string): ParsedColumnType {
  return { ok: false, message }
}
