import { didYouMean } from '../expr/suggest.js'
import { durationFix } from './duration.js'

/** What is wrong with a text that fails one of the schema's patterns, in words, and the way out. */
interface Explanation {
  readonly code: string
  readonly message: string
  readonly fix?: string
}

/** By the pattern's name in the schema's `$defs`. Each gets a text that does not match. */
export const explainFormat: Readonly<Record<string, (text: string) => Explanation>> = {
  project: text => badName(text, 'project', 31),
  name: text => badName(text, 'name', 63),
  columnName: text => ({
    code: 'bad-name',
    message: `"${short(text)}" cannot be a column's name`,
    fix: nameFix(text, /[^A-Za-z0-9_]+/g, 63, 'and map the field with `from`'),
  }),
  table: text => ({
    code: 'bad-name',
    message: `"${short(text)}" cannot be a table's name`,
    fix: unreplaced(text) ?? 'use letters, digits and _, at most 63, beginning with a letter',
  }),
  topic: text => ({
    code: 'bad-name',
    message: `"${short(text)}" cannot be a Kafka topic's name`,
    fix: unreplaced(text) ?? 'use letters, digits, `.`, `_` and `-`, at most 200',
  }),
  path: text => ({
    code: 'bad-path',
    message: `"${short(text)}" is not the path of a field`,
    fix: 'write the names of the levels with dots between: geo.region',
  }),
  duration: text => badDuration(text, 'a duration'),
  durationOrZero: text => badDuration(text, 'a duration'),
  durationOrAny: text => badDuration(text, 'a duration or `any`', ['any']),
  durationOrForever: text => badDuration(text, 'a duration or `forever`', ['forever']),
  window: text => badDuration(text, 'a window', ['hour', 'day', 'week', 'month']),
  rate: text => ({ code: 'bad-rate', message: `"${short(text)}" is not a rate`, fix: rateFix(text) }),
  clickhouse: text => ({
    code: 'bad-value',
    message: `clickhouse cannot be "${short(text)}"`,
    fix: 'write `embedded`, or a map with `url`',
  }),
}

/** A text cut to a length that fits a line. */
export const short = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text)

function badName(text: string, what: string, length: number): Explanation {
  return {
    code: 'bad-name',
    message: `"${short(text)}" cannot be a ${what}: lower case letters, digits and _, beginning with a letter, at most ${length}`,
    fix: unreplaced(text) ?? nameFix(text.toLowerCase(), /[^a-z0-9_]+/g, length),
  }
}

function nameFix(text: string, others: RegExp, length: number, more = ''): string {
  const name = text
    .replace(others, '_')
    .replace(/^[^A-Za-z]+/, '')
    .slice(0, length)
  return name === '' || text.length > 4 * length
    ? 'choose a name of letters, digits and _'
    : `write ${name} ${more}`.trim()
}

/** `${NAME}` outside of targets is the likeliest reason for a strange name. */
const unreplaced = (text: string): string | undefined =>
  text.includes('${') ? `\${NAME} is replaced under targets only: write the name itself` : undefined

function badDuration(text: string, what: string, words: readonly string[] = []): Explanation {
  if (/^0+(ms|s|m|h|d)$/.test(text)) {
    return { code: 'bad-duration', message: `${text} is too short`, fix: 'write a duration above zero' }
  }
  const also = words.length > 0 ? `, or ${words.join(', ')}` : ''
  return {
    code: 'bad-duration',
    message: `"${short(text)}" is not ${what}`,
    fix:
      didYouMean(short(text), words) ??
      durationFix(text) ??
      `write a number and ms, s, m, h or d: 250ms, 5m, 7d${also}`,
  }
}

function rateFix(text: string): string {
  const match = /^([\d_.,]+)\s*(k?)\s*(?:\/|per)?\s*(s|sec|second|m|min|minute|h|hour)?$/i.exec(text.slice(0, 40))
  const count = match === null ? Number.NaN : Number(match[1]!.replaceAll(/[_,]/g, '')) * (match[2] ? 1000 : 1)
  if (!Number.isFinite(count)) return 'write events per second: 5000/s'
  const seconds = { m: 60, h: 3600 }[match![3]?.[0]?.toLowerCase() ?? 's'] ?? 1
  return `write ${Math.ceil(count / seconds)}/s`
}
