/** Answers that are computed once for all who ask at the same time, and kept for a while. */
export interface Memo<T> {
  /** The kept answer, the one under way, or a new one. A failure is not kept. */
  get(key: string, keepMs: number, compute: () => Promise<T>): Promise<Timed<T>>
}

/** An answer, and until when it may be given again, epoch ms. */
export interface Timed<T> {
  readonly value: T
  readonly until: number
}

/** Keeps at most `size` answers; the longest unused goes first. */
export function createMemo<T>(size = 500): Memo<T> {
  const entries = new Map<string, { until: number; answer: Promise<Timed<T>> }>()
  return {
    get: (key, keepMs, compute) => {
      const known = entries.get(key)
      entries.delete(key)
      if (known && known.until > Date.now()) {
        entries.set(key, known)
        return known.answer
      }
      const entry = { until: Number.POSITIVE_INFINITY, answer: Promise.resolve() as unknown as Promise<Timed<T>> }
      entry.answer = compute().then(
        value => {
          entry.until = Date.now() + keepMs
          return { value, until: entry.until }
        },
        error => {
          if (entries.get(key) === entry) entries.delete(key)
          throw error
        },
      )
      entries.set(key, entry)
      if (entries.size > size) entries.delete(entries.keys().next().value!)
      return entry.answer
    },
  }
}
