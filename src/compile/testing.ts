import { parseColumnType } from '../expr/columnType.js'
import { parseMeasure, parseRow } from '../expr/parse.js'
import type { Metric, Model, Source, Window } from '../model/model.js'

const span = { file: 'metrics.yaml', line: 1, column: 1, endLine: 1, endColumn: 2 }
const DAY = 86_400_000

/** A window of the last so many ms. */
export const trailing = (ms: number) => ({ kind: 'trailing', ms }) as const satisfies Window

/** A metric in short: texts are parsed as in a file. */
export interface ShortMetric {
  measure: string
  where?: string
  window: Window
  by?: string[]
  refreshMs?: number
  tier?: 1 | 2 | 3
  limit?: number
  queryMs?: number
}

/** A model with one source `events` of these columns (`name: type`) and these metrics; everything else as by default. */
export function testModel(
  columns: Record<string, string>,
  metrics: Record<string, ShortMetric>,
  rest: Partial<Model> & { source?: Partial<Source> } = {},
): Model {
  const types = new Map(Object.entries(columns).map(([name, text]) => [name, must(parseColumnType(text)).type]))
  const { source, ...model } = rest
  return {
    project: 'shop',
    timezone: 'UTC',
    alerts: [],
    tests: [],
    target: { name: 'local', clickhouse: { kind: 'embedded' } },
    ...model,
    sources: [
      {
        name: 'events',
        topic: 'shop.events',
        table: 'raw_events',
        timestamp: 'ts',
        columns: [...types].map(([name, type]) => ({ name, type, span })),
        latenessMs: 200,
        accept: { olderMs: 7 * DAY, newerMs: 300_000 },
        retention: { topicMs: 7 * DAY, rawMs: 90 * DAY, rollupMs: 365 * DAY },
        partitions: 1,
        replication: 3,
        span,
        ...source,
      },
    ],
    metrics: Object.entries(metrics).map(([name, short]): Metric => {
      const tier = short.tier ?? 2
      const refreshMs = short.refreshMs ?? { 1: 250, 2: 5000, 3: 300_000 }[tier]
      return {
        name,
        source: 'events',
        tier,
        measure: must(parseMeasure(short.measure, types)).expr,
        ...(short.where !== undefined && { where: must(parseRow(short.where, types)).expr }),
        by: short.by ?? [],
        limit: short.limit ?? 100,
        window: short.window,
        refreshMs,
        settleMs: { 1: 200, 2: 1000, 3: 5000 }[tier],
        deliver: ({ 1: 'ws', 2: 'sse', 3: 'poll' } as const)[tier],
        cacheMs: refreshMs,
        sla: { latencyMs: refreshMs + 5000, queryMs: short.queryMs ?? 100, lagMs: 30_000 },
        span,
        spans: {},
      }
    }),
  }
}

function must<T extends { ok: boolean }>(parsed: T): Extract<T, { ok: true }> {
  if (!parsed.ok) throw new Error(JSON.stringify(parsed))
  return parsed as Extract<T, { ok: true }>
}
