import type { Redis } from '../../clients/redis.js'
import type { MetricConfig } from '../../model/serviceConfig.js'
import { contentHash } from '../../naming.js'
import type { SharedAnswers } from '../api/memo.js'
import type { Fanout } from '../publish/fanout.js'
import { meaningOf } from '../publish/meaning.js'
import { keys } from './keys.js'

/** Redis may not make an answer slower than its query: after so long the query is asked, in ms. */
const PATIENCE_MS = 100

/**
 * Answers that one node has computed, for all nodes: kept for the metric's refresh at most, and dropped with its next
 * update, when a new window lands (publishScript.ts).
 */
export function createSharedAnswers(redis: Redis, project: string, subscribe: Fanout['subscribe']): SharedAnswers {
  const keyOf = (metric: MetricConfig) => keys.answers(project, metric.name, meaningOf(metric))

  return {
    get: async (metric, question) => {
      const asked = redis.send<string | null>(['HGET', keyOf(metric), contentHash(question, 16)])
      const text = await Promise.race([asked.catch(() => null), after(PATIENCE_MS)])
      return text == null ? undefined : JSON.parse(text)
    },
    set: (metric, question, answer) => {
      const [key, field] = [keyOf(metric), contentHash(question, 16)]
      const kept = [
        redis.send(['HSET', key, field, JSON.stringify(answer)]),
        redis.send(['PEXPIRE', key, String(metric.refreshMs), 'NX']),
      ]
      Promise.all(kept).catch(() => {}) // others compute it themselves
    },
    landed: drop => {
      subscribe(updates => {
        for (const { metric } of updates) drop(metric)
      })
    },
  }
}

const after = (ms: number): Promise<null> => new Promise(resolve => setTimeout(resolve, ms, null).unref())
