import type { Diagnostic, Span } from '../model/diagnostic.js'
import type { MeasureExpr, RowExpr, ValueType } from '../model/expr.js'
import type { Alert, Column, Metric, Model, Source, Target } from '../model/model.js'
import { type Rule, runEach } from './rule.js'

/** A place on one line of metrics.yaml. */
export const spanAt = (line: number): Span => ({ file: 'metrics.yaml', line, column: 5, endLine: line, endColumn: 15 })

const text: ValueType = { base: 'string', nullable: false }
const float: ValueType = { base: 'float', nullable: false }
const bool: ValueType = { base: 'bool', nullable: false }
const int: ValueType = { base: 'int', nullable: false }

const columnTypes = {
  event_id: { kind: 'int', bits: 64, signed: false },
  event_type: { kind: 'lowCardinality', inner: { kind: 'string' } },
  user_id: { kind: 'int', bits: 64, signed: false },
  value: { kind: 'float', bits: 64 },
  ts: { kind: 'datetime64', precision: 3 },
  region: { kind: 'lowCardinality', inner: { kind: 'string' } },
} as const satisfies Record<string, Column['type']>

/** The columns of the source that every test starts from. */
export const columns: readonly Column[] = Object.entries(columnTypes).map(([name, type], index) => ({
  name,
  type,
  span: spanAt(10 + index),
}))

/** A column as an expression. */
export const column = (name: keyof typeof columnTypes, type: ValueType = text): RowExpr => ({
  kind: 'column',
  name,
  column: columnTypes[name],
  type,
})

/** `event_type = '…'`. */
export const ofType = (value: string): RowExpr => ({
  kind: 'compare',
  op: '=',
  left: column('event_type'),
  right: { kind: 'string', value, type: text },
  type: bool,
})

/** `count()`. */
export const countEvents: MeasureExpr = { kind: 'aggregate', fn: 'count', type: int }

/** `sum(value)`. */
const sumOfValue: MeasureExpr = { kind: 'aggregate', fn: 'sum', argument: column('value', float), type: float }

/** `value > limit`: an alert's condition. */
const above = (limit: string): RowExpr => ({
  kind: 'compare',
  op: '>',
  left: { kind: 'column', name: 'value', column: columnTypes.value, type: float },
  right: { kind: 'number', text: limit, type: float },
  type: bool,
})

const source: Source = {
  name: 'events',
  topic: 'shop.events',
  table: 'events',
  timestamp: 'ts',
  key: 'user_id',
  id: 'event_id',
  dedupMs: 600_000,
  columns,
  eventsPerSecond: 1000,
  latenessMs: 200,
  accept: { olderMs: 7 * 86_400_000, newerMs: 300_000 },
  retention: { topicMs: 7 * 86_400_000, rawMs: 90 * 86_400_000, rollupMs: 365 * 86_400_000 },
  partitions: 3,
  replication: 3,
  span: spanAt(3),
}

const metric: Metric = {
  name: 'purchases',
  source: 'events',
  tier: 2,
  measure: sumOfValue,
  where: ofType('purchase'),
  by: ['region'],
  limit: 100,
  window: { kind: 'trailing', ms: 300_000 },
  refreshMs: 5000,
  settleMs: 1000,
  deliver: 'sse',
  cacheMs: 5000,
  sla: { latencyMs: 10_000, queryMs: 100, lagMs: 30_000 },
  span: spanAt(30),
  spans: {},
}

const alert: Alert = {
  name: 'many_purchases',
  metric: 'purchases',
  when: above('100'),
  forMs: 120_000,
  severity: 'ticket',
  span: spanAt(40),
}

const target: Target = { name: 'local', clickhouse: { kind: 'embedded' } }

/** A target with everything in it, for the lints of large volumes. */
export const fullTarget: Target = {
  name: 'prod',
  kafka: { brokers: { template: 'kafka:9092' } },
  flink: { gateway: { template: 'http://flink:8083' } },
  clickhouse: { kind: 'server', url: { template: 'http://clickhouse:8123' }, cluster: 'main' },
  redis: { url: { template: 'redis://redis' } },
  push: { url: { template: 'http://push:8080' } },
}

/** What makes a metric tier 1 and nothing else remarkable. */
export const tier1: Partial<Metric> = {
  tier: 1,
  window: { kind: 'trailing', ms: 1000 },
  refreshMs: 250,
  settleMs: 200,
  cacheMs: 250,
  deliver: 'ws',
  sla: { latencyMs: 1000, queryMs: 100, lagMs: 30_000 },
}

/** What one test changes in the model that no lint objects to: parts of its one source, metric, alert, target. */
export interface Changes {
  readonly source?: Partial<Source>
  readonly metric?: Partial<Metric>
  readonly alert?: Partial<Alert>
  readonly target?: Target
  readonly model?: Partial<Model>
}

/** A complete, blameless model of one source, one metric and one alert, changed in the places given. */
export const modelWith = (changes: Changes = {}): Model => ({
  project: 'shop',
  timezone: 'UTC',
  viewers: 50,
  sources: [{ ...source, ...changes.source }],
  metrics: [{ ...metric, ...changes.metric }],
  alerts: [{ ...alert, ...changes.alert }],
  tests: [],
  target: changes.target ?? target,
  ...changes.model,
})

/** A metric of the base model beside its first. */
export const metricWith = (changes: Partial<Metric>): Metric => ({ ...metric, ...changes })

/** A source of the base model beside its first. */
export const sourceWith = (changes: Partial<Source>): Source => ({ ...source, ...changes })

/** The findings of one rule on the model with these changes. */
export const lint = (rule: Rule, changes: Changes = {}): Diagnostic[] => runEach([rule], modelWith(changes))
