import { ImportFailed } from './errors.js'
import { firstMetrics } from './metrics.js'
import type { ColumnProfile, SourceProfile } from './profile.js'
import { chooseRoles, type Role, type Roles } from './roles.js'

/** A first metrics file, with the reasons as comments. Throws ImportFailed where nothing tells when an event happened. */
export function metricsFile(profile: SourceProfile): string {
  const roles = chooseRoles(profile)
  if (roles === undefined)
    throw new ImportFailed(
      'no-timestamp',
      `${profile.from} has no column of a time: none is DateTime or DateTime64`,
      'windows go by the time of each event: add one',
    )
  const names = namesOf(profile.from)
  return [
    ...header(profile),
    'version: 1',
    `project: ${names.project}`,
    'timezone: UTC                    # where calendar windows begin: write yours, as Europe/Berlin',
    '',
    'sources:',
    `  ${names.source}:`,
    ...(profile.kind === 'topic' ? [`    topic: ${quoted(profile.from)}`] : []),
    `    table: ${names.table}${profile.kind === 'clickhouse' ? `  # its own: ${profile.from} is only looked at` : ''}`,
    ...rolesLines(profile, roles),
    '    columns:',
    ...profile.columns.map(column => columnLine(column, roles)),
    ...profile.leftOut.map(({ name, why }) => `      # left out: ${comment(name)} (${comment(why)})`),
    ...sizeLines(profile),
    '',
    'metrics:',
    ...metricLines(names.source, profile, roles),
    'targets:',
    '  local: { clickhouse: embedded }',
    ...targetLines(profile),
    '',
  ].join('\n')
}

const header = ({ kind, from, sampled }: SourceProfile): string[] => [
  `# Made by rtdash import from ${kind === 'topic' ? 'topic' : 'table'} ${comment(from)}, of which ${sampled.toLocaleString('en-US')} ${kind === 'topic' ? 'records' : 'rows'} were looked at.`,
  '# It is a beginning: a sample does not say what the columns mean, how late events come, how often they are sent',
  '# twice, how long they must be kept, or what you want to see. Go through it, then: rtdash validate, rtdash dev --sample',
]

/** Names of the language for a table or topic: `shop.page-views` is project shop, source page_views. */
export function namesOf(from: string): { project: string; source: string; table: string } {
  const parts = from.split('.')
  const original = parts.at(-1)!
  const source = plain(original).replace(/^raw_/, '').slice(0, 40) || 'events'
  const project = plain(parts.length > 1 ? parts[0]! : 'imported').slice(0, 30)
  // Never the table that it is made from.
  const table = original === `raw_${source}` ? `live_${source}` : `raw_${source}`
  return { project: project === '' || project === 'default' ? 'imported' : project, source, table }
}

const plain = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[^a-z]+|_+$/g, '')

function rolesLines({ format }: SourceProfile, { timestamp, id, key }: Roles): string[] {
  const line = (name: string, role: Role | undefined): string[] =>
    role === undefined ? [] : [`    ${name}: ${role.column.name}  # ${comment(role.why)}`]
  return [
    ...line('timestamp', timestamp),
    ...(format === undefined ? [] : [`    format: ${format}  # numbers of this size`]),
    ...line('key', key),
    ...line('id', id),
    ...(id === undefined ? ['    # id: none was found: an event that is sent twice counts twice'] : []),
  ]
}

function columnLine(column: ColumnProfile, { timestamp }: Roles): string {
  const { name, from } = column
  const isTime = column === timestamp.column
  const type = isTime ? 'DateTime64(3)' : column.type
  const notes = [
    ...(isTime && column.type !== type ? [`was ${column.type}; windows need milliseconds`] : []),
    ...(column.note === undefined ? [] : [column.note]),
    ...(column.absent > 0 && !isTime ? [`missing in ${percent(column.absent)}`] : []),
    ...(column.values !== undefined && /String|Enum/.test(type) ? [some(column.values)] : []),
  ].filter(note => note !== '')
  const value = from === undefined ? quoted(type) : `{ type: ${JSON.stringify(type)}, from: ${quoted(from)} }`
  return `      ${name}: ${value}${notes.length === 0 ? '' : `  # ${comment(notes.join('; '))}`}`
}

const percent = (share: number): string => `${share < 0.01 ? 'less than 1' : Math.round(share * 100)} %`

const some = (values: readonly string[]): string => {
  const short = values.filter(value => value !== '' && value.length <= 30).slice(0, 5)
  return short.length === 0 ? '' : `such as ${short.join(', ')}`
}

function sizeLines({ peak, partitions, replication, kind }: SourceProfile): string[] {
  return [
    peak === undefined
      ? '    expect: 100/s                # unknown: peak events per second; the decision tree and the lints go by it'
      : `    expect: ${Math.max(1, Math.ceil(peak))}/s  # the peak of what was looked at`,
    ...(partitions === undefined ? [] : [`    partitions: ${partitions}`]),
    ...(replication === undefined ? [] : [`    replication: ${replication}`]),
    '    retention: { raw: 90d, rollup: 365d }  # unknown: how long you need it',
    ...(kind === 'clickhouse'
      ? ['    # accept: { older: 7d, newer: 5m }       # events older than that at their arrival are rejected']
      : []),
  ]
}

const metricLines = (source: string, profile: SourceProfile, roles: Roles): string[] =>
  firstMetrics(source, profile, roles).flatMap(({ name, why, settings }) => [
    `  # ${comment(why)}`,
    `  ${name}:`,
    ...Object.entries(settings).map(([key, value]) => `    ${key}: ${key === 'measure' ? quoted(value) : value}`),
    '',
  ])

const targetLines = ({ kind }: SourceProfile): string[] => [
  '  prod:',
  ...(kind === 'topic' ? [`    kafka: { brokers: ${variable('KAFKA_BROKERS')} }`] : []),
  `    clickhouse: { url: ${variable('CLICKHOUSE_URL')} }`,
  `    push: { url: ${variable('PUSH_URL')} }`,
]

const variable = (name: string): string => `"\${${name}}"`

/** One line, whatever it came from. */
const comment = (text: string): string => text.replace(/\p{C}+/gu, ' ').trim()

/** As it is where YAML reads it as one plain text, else in quotes. */
const quoted = (text: string): string =>
  /^[A-Za-z_][\w(), .]*$/.test(text) && !/^(true|false|null|yes|no|on|off)$/i.test(text)
    ? text.trimEnd()
    : JSON.stringify(text)
