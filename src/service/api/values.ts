import type { ClickHouse } from '../../clients/clickhouse.js'
import type { MetricConfig } from '../../model/serviceConfig.js'
import { HttpError } from '../http/answer.js'
import { asofAt, floorTo } from '../publish/asof.js'
import type { Limiter } from '../publish/limiter.js'
import { readMetric } from '../publish/readMetric.js'
import { toUpdate } from '../publish/toUpdate.js'
import type { Rings } from '../push/rings.js'
import type { Update } from '../update.js'
import { createMemo, type SharedAnswers, type Timed } from './memo.js'

const LIMIT_MS = 10_000

/** Values on demand; however many ask, one query at most for each instant. */
export interface Values {
  /** What viewers see now; computed where nothing was published yet. */
  newest(metric: MetricConfig): Promise<Timed<Update>>
  /** The value as it is computed now for an instant, floored to the metric's buckets. */
  at(metric: MetricConfig, instant: number): Promise<Timed<Update>>
}

export function createValues(db: ClickHouse, rings: Rings, limit: Limiter, shared?: SharedAnswers): Values {
  const memo = createMemo<Update>(500, shared)

  const compute = (metric: MetricConfig, asof: number) =>
    memo.get(metric, `${asof} ${metric.query}`, () =>
      limit(async () => toUpdate(metric, asof, await readMetric(db, metric, asof, LIMIT_MS))),
    )

  return {
    newest: async metric => {
      const latest = rings.get(metric.name)?.latest()
      if (!latest) return compute(metric, asofAt(Date.now(), metric))
      return { value: latest, until: latest.timestamp + metric.settleMs + metric.cacheMs }
    },
    at: async (metric, instant) => {
      if (instant > Date.now()) throw new HttpError(400, 'in_the_future', 'at lies in the future')
      return compute(metric, floorTo(instant, metric.bucketMs))
    },
  }
}
