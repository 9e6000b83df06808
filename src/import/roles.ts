import type { ColumnProfile, SourceProfile } from './profile.js'

/** Which column plays which part, each with the reason. */
export interface Roles {
  readonly timestamp: Role
  readonly id?: Role
  readonly key?: Role
  /** Best first. */
  readonly dimensions: readonly Role[]
}

export interface Role {
  readonly column: ColumnProfile
  readonly why: string
}

const TIME_NAMES = [
  /^(ts|timestamp|time|event_?time|eventtime|event_ts)$/i,
  /(occurred|event|happened)/i,
  /(created|sent)_?at$/i,
  /_(at|ts|time)$|^date$/i,
]
const ID_NAMES = /^(id|uuid|guid|event_?id|message_?id|request_?id|order_?id|transaction_?id)$/i
const KEY_NAMES = [/^(user|customer|account|client|visitor|session|device)_?(id|key)?$/i, /(_id|_key|Id)$/]
const MAX_SERIES = 50

/** The column that most likely says when an event happened. */
export function chooseTimestamp(columns: readonly ColumnProfile[]): ColumnProfile | undefined {
  const times = columns.filter(({ type }) => /^(Nullable\()?DateTime/.test(type))
  const rank = ({ name, type }: ColumnProfile): number => {
    const named = TIME_NAMES.findIndex(pattern => pattern.test(name))
    return (
      (named < 0 ? TIME_NAMES.length : named) * 4 +
      (type.includes('DateTime64') ? 0 : 1) +
      (type.startsWith('Nullable') ? 2 : 0)
    )
  }
  return [...times].sort((a, b) => rank(a) - rank(b))[0]
}

/** Undefined where no column tells the time. */
export function chooseRoles({ columns, sampled }: SourceProfile): Roles | undefined {
  const timestamp = chooseTimestamp(columns)
  if (timestamp === undefined) return undefined
  const others = columns.filter(column => column !== timestamp)
  const times = columns.filter(({ type }) => /DateTime/.test(type)).length
  const unique = others.find(
    ({ name, type, distinct, absent }) =>
      ID_NAMES.test(name) &&
      /^(U?Int(32|64|128)|String|UUID)$/.test(type) &&
      absent === 0 &&
      distinct === sampled &&
      sampled >= 10,
  )
  const key = KEY_NAMES.map(pattern =>
    others.find(
      column =>
        column !== unique &&
        pattern.test(column.name) &&
        column.distinct > 1 &&
        !/Float|Decimal|Date|Nullable/.test(column.type),
    ),
  ).find(found => found !== undefined)
  return {
    timestamp: {
      column: timestamp,
      why:
        times === 1
          ? 'the only time there is'
          : `by its name, of ${times} times; check that it is when an event happened`,
    },
    ...(unique && {
      id: {
        column: unique,
        why: `no value came twice in ${sampled.toLocaleString('en-US')}; check that producers send it again unchanged`,
      },
    }),
    ...(key && { key: { column: key, why: 'by its name; events of one key stay in order' } }),
    dimensions: dimensionsOf(others.filter(column => column !== unique && column !== key)),
  }
}

/** What a dashboard is likely cut by: few values, and most rows have one. */
function dimensionsOf(columns: readonly ColumnProfile[]): Role[] {
  return columns
    .filter(
      ({ type, distinct, absent }) =>
        /^(LowCardinality|Enum8|Bool)/.test(type) && distinct >= 2 && distinct <= MAX_SERIES && absent < 0.5,
    )
    .sort((a, b) => a.distinct - b.distinct)
    .map(column => ({ column, why: `${column.distinct} values` }))
}
