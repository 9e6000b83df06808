import { textClickHouse } from '../expr/valuesClickHouse.js'
import type { ColumnProfile, SourceProfile } from './profile.js'
import type { Roles } from './roles.js'

/** A metric to begin with; `settings` in the order in which they are written. */
export interface FirstMetric {
  readonly name: string
  readonly why: string
  readonly settings: Readonly<Record<string, string>>
}

const MONEY = /(amount|price|revenue|total|cost|value|paid|fee)/i
const SPEED = /(duration|latency|elapsed|response_?time|took|_ms$|millis)/i
const SIZE = /(bytes|size|length)$/i
const STATUS = /^(status|status_?code|http_?status|code)$/i
const FAILED = /^(error|errors|failed|failure|fatal|critical|5\d\d)$/i
const MOST = 6

/** Some metrics that the columns suggest: how much, for whom, how many, how fast, how well. */
export function firstMetrics(source: string, { columns }: SourceProfile, roles: Roles): FirstMetric[] {
  const { timestamp, id, key, dimensions } = roles
  const parts = new Set([timestamp.column, id?.column, key?.column])
  const numbers = columns.filter(
    column => !parts.has(column) && /^(Nullable\()?(U?Int|Float|Decimal)/.test(column.type) && column.distinct > 1,
  )
  const by = dimensions[0]?.column.name
  const found: (FirstMetric | undefined)[] = [
    {
      name: `${source}_per_second`,
      why: 'how much is coming',
      settings: {
        tier: '2',
        measure: 'per_second(count())',
        window: '1m',
        refresh: '5s',
        ...(by !== undefined && { by: `[${by}]` }),
      },
    },
    failures(columns, numbers),
    ...numbers
      .filter(({ name }) => SPEED.test(name))
      .slice(0, 1)
      .map(speed),
    ...numbers
      .filter(({ name }) => MONEY.test(name) && !SPEED.test(name))
      .slice(0, 1)
      .map(column => sum(column, by)),
    ...numbers
      .filter(({ name }) => SIZE.test(name))
      .slice(0, 1)
      .map(size),
    key && people(key.column),
  ]
  const some = found.filter(metric => metric !== undefined)
  const plain = numbers.find(
    ({ name }) => ![MONEY, SPEED, SIZE, STATUS].some(pattern => pattern.test(name)) && !/(_id|Id)$/.test(name),
  )
  if (some.length < 3 && plain !== undefined) some.push(mean(plain, by))
  return unnamedTwice(some.slice(0, MOST), new Set(columns.map(({ name }) => name)))
}

/** Of a status in numbers, or of a text that says that something went wrong. */
function failures(columns: readonly ColumnProfile[], numbers: readonly ColumnProfile[]): FirstMetric | undefined {
  const settings = (condition: string) => ({
    tier: '2',
    measure: `count() filter (where ${condition}) / count()`,
    window: '5m',
    refresh: '5s',
    deliver: 'sse',
  })
  const status = numbers.find(
    ({ name, least = 0, greatest = 0 }) => STATUS.test(name) && least >= 100 && greatest < 600,
  )
  if (status)
    return {
      name: 'error_rate',
      why: `${status.name} looks like HTTP’s: 5xx are ours`,
      settings: settings(`${status.name} >= 500`),
    }
  for (const { name, type, values = [] } of columns) {
    const bad = /String|Enum8/.test(type) ? values.filter(value => FAILED.test(value)) : []
    if (bad.length === 0) continue
    const list = bad.map(textClickHouse).join(', ')
    return {
      name: 'error_rate',
      why: `${name} is ${bad.join(' or ')} where something went wrong`,
      settings: settings(bad.length === 1 ? `${name} = ${list}` : `${name} in (${list})`),
    }
  }
  return undefined
}

const speed = ({ name }: ColumnProfile): FirstMetric => ({
  name: `p99_${name}`,
  why: '99 of 100 are below it; an average would hide the slow ones',
  settings: { tier: '2', measure: `quantile(0.99, ${name})`, window: '15m', refresh: '30s' },
})

const sum = ({ name, type }: ColumnProfile, by: string | undefined): FirstMetric => ({
  name: `${name}_today`,
  why: /Float/.test(type) ? 'money in floats is rounded: a Decimal would not be' : 'since midnight in `timezone`',
  settings: {
    tier: '2',
    measure: `sum(${name})`,
    window: 'day',
    refresh: '10s',
    ...(by !== undefined && { by: `[${by}]` }),
  },
})

const size = ({ name }: ColumnProfile): FirstMetric => ({
  name: `${name}_per_second`,
  why: 'the flow',
  settings: { tier: '2', measure: `per_second(sum(${name}))`, window: '1m', refresh: '5s' },
})

const people = ({ name }: ColumnProfile): FirstMetric => ({
  name: `active_${name.replace(/_?(id|key)$/i, '').toLowerCase() || name.toLowerCase()}s_today`,
  why: 'different ones, within one percent',
  settings: { tier: '3', measure: `uniq(${name})`, window: 'day', refresh: '5m' },
})

const mean = ({ name }: ColumnProfile, by: string | undefined): FirstMetric => ({
  name: `mean_${name}`,
  why: 'a number, whatever it means: say what you want of it',
  settings: {
    tier: '2',
    measure: `avg(${name})`,
    window: '5m',
    refresh: '5s',
    ...(by !== undefined && { by: `[${by}]` }),
  },
})

/** Names of metrics are in small letters, and no two are alike. */
function unnamedTwice(metrics: readonly FirstMetric[], columns: ReadonlySet<string>): FirstMetric[] {
  const used = new Set(columns)
  return metrics.map(metric => {
    const base = metric.name
      .toLowerCase()
      .replace(/[^a-z0-9_]/g, '_')
      .replace(/^[^a-z]+/, 'm_')
      .slice(0, 55)
    let name = base
    for (let n = 2; used.has(name); n++) name = `${base}_${n}`
    used.add(name)
    return { ...metric, name }
  })
}
