import type { MetricConfig } from '../../model/serviceConfig.js'

/** Answers that are computed once for all who ask at the same time, and kept for the metric's `cache`. */
export interface Memo<T> {
  /** The kept answer, the one under way, or a new one. A failure is not kept. */
  get(metric: MetricConfig, question: string, compute: () => Promise<T>): Promise<Timed<T>>
}

/** An answer, and until when it may be given again, epoch ms. */
export interface Timed<T> {
  readonly value: T
  readonly until: number
}

/** Answers of all nodes, where they share a store. */
export interface SharedAnswers {
  /** Undefined where there is none, or the store does not say in time; never rejects. */
  get(metric: MetricConfig, question: string): Promise<Timed<unknown> | undefined>
  set(metric: MetricConfig, question: string, answer: Timed<unknown>): void
  /** Calls back with the name of each metric of which a new window has landed: what is kept of it is old. */
  landed(drop: (metric: string) => void): void
}

/** Keeps at most `size` answers; the longest unused goes first. */
export function createMemo<T>(size = 500, shared?: SharedAnswers): Memo<T> {
  const entries = new Map<string, { until: number; answer: Promise<Timed<T>> }>()
  shared?.landed(metric => {
    for (const [key, { until }] of entries)
      if (key.startsWith(`${metric} `) && until !== Number.POSITIVE_INFINITY) entries.delete(key)
  })

  async function answer(metric: MetricConfig, question: string, compute: () => Promise<T>): Promise<Timed<T>> {
    const known = await shared?.get(metric, question)
    if (known) return known as Timed<T>
    const value = await compute()
    const made = { value, until: Date.now() + metric.cacheMs }
    shared?.set(metric, question, made)
    return made
  }

  return {
    get: (metric, question, compute) => {
      const key = `${metric.name} ${question}`
      const known = entries.get(key)
      entries.delete(key)
      if (known && known.until > Date.now()) {
        entries.set(key, known)
        return known.answer
      }
      const entry = { until: Number.POSITIVE_INFINITY, answer: answer(metric, question, compute) }
      entry.answer.then(
        ({ until }) => {
          entry.until = until
        },
        () => {
          if (entries.get(key) === entry) entries.delete(key)
        },
      )
      entries.set(key, entry)
      if (entries.size > size) entries.delete(entries.keys().next().value!)
      return entry.answer
    },
  }
}
