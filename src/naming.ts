import { createHash } from 'node:crypto'

// Every name that rtdash generates is made here, so that one look shows them all.

/** Short, stable hash of a text: hex, `length` digits. */
export const contentHash = (text: string, length = 8): string =>
  createHash('sha256').update(text).digest('hex').slice(0, length)

/** `250ms`, `5s`, `15m`, `1h`, `1d`: a bucket's length as people say it. */
export function bucketLabel(ms: number): string {
  const units = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'm'],
    [1000, 's'],
  ] as const
  for (const [size, unit] of units) if (ms % size === 0) return `${ms / size}${unit}`
  return `${ms}ms`
}

export const names = {
  rollup: (source: string, bucketMs: number, dimensions: readonly string[]): string =>
    `rollup_${source}_${bucketLabel(bucketMs)}${dimensions.length > 0 ? `_by_${dimensions.join('_')}` : ''}`,
  /** A view into a rollup is named by the states it computes: a changed set of states is another view. */
  rollupView: (rollup: string, states: readonly string[]): string => `${rollup}__${contentHash(states.join(','))}`,
  /** What a view's rollup gets from another one, as it was at the cut-over. */
  carried: (view: string): string => `${view}__carried`,
  /** A view's name while it is being altered. */
  renamed: (view: string): string => `${view}__`,
  state: (fn: string, definition: string): string => `${fn}_${contentHash(definition)}`,
  deadLetters: (table: string): string => `${table}_dead_letters`,
  canaries: (table: string): string => `${table}_canaries`,
  canaryView: (table: string): string => `${table}_canaries__view`,
  /** On a cluster: one node's part of a table that lies in shards. */
  local: (table: string): string => `${table}_local`,
  values: 'metric_values',
  valuesView: (metric: string): string => `metric_values__${metric}`,
  history: '_rtdash_history',
  config: '_rtdash_config',
  lock: '_rtdash_lock',
  /** The constraint under which a raw table takes nothing in for a moment. */
  hold: '_rtdash_hold',
  updatesTopic: (project: string): string => `${project}.updates`,
  deadLettersTopic: (topic: string): string => `${topic}.dead-letters`,
  /** Under which a source's canaries stand in the updates topic. */
  canaryMetric: (source: string): string => `_canary.${source}`,
  flinkJob: (project: string, source: string): string => `rtdash.${project}.${source}`,
  /** The consumer group that all loaders of a project share. */
  loaderGroup: (project: string): string => `rtdash.${project}.load`,
} as const

/** Columns that rtdash adds to each raw table. */
export const rawColumns = {
  ingestedAt: 'ingested_at',
  /** 0, or the send time of a canary in epoch ms. */
  canary: '_canary',
  /** Hash of the insert's token: finds a batch again after a crash. */
  batch: '_batch',
  /** Hash of the request's Idempotency-Key, 0 without. */
  key: '_key',
  topic: '_topic',
  topicPartition: '_topic_partition',
  offset: '_offset',
} as const
