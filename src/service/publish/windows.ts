/** Windows of one metric as a stream brings them, each known by its end, on their way to be published in order. */
export interface Windows<T> {
  /** Takes what came of a window. */
  put(end: number, values: T): void
  get(end: number): T | undefined
  /** Nothing is kept of windows up to this one, and nothing taken any more. */
  forget(end: number): void
}

/**
 * Windows come in order: between one that came and the next none had events, they are `empty`. Of those before the first
 * nothing is known, as they may have come before anybody read.
 */
export function createWindows<T>(stepMs: number, empty: T): Windows<T> {
  const waiting = new Map<number, T>()
  let newest = 0
  let forgotten = 0
  return {
    put: (end, values) => {
      if (end <= newest) return
      if (newest > 0)
        for (let passed = Math.max(newest, forgotten) + stepMs; passed < end; passed += stepMs)
          waiting.set(passed, empty)
      newest = end
      if (end > forgotten) waiting.set(end, values)
    },
    get: end => waiting.get(end),
    forget: end => {
      forgotten = Math.max(forgotten, end)
      for (const known of waiting.keys()) if (known <= forgotten) waiting.delete(known)
    },
  }
}
