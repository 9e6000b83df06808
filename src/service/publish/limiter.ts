/** Runs a task when it is its turn. */
export type Limiter = <T>(task: () => Promise<T>) => Promise<T>

/** At most `size` tasks run at a time, in the order they came; `refuse` makes the error of one too many that would wait. */
export function createLimiter(size: number, maxWaiting = Number.POSITIVE_INFINITY, refuse?: () => Error): Limiter {
  let running = 0
  const waiting: (() => void)[] = []
  return async task => {
    if (running >= size && waiting.length >= maxWaiting) throw refuse?.() ?? new Error('too many are waiting')
    if (running >= size) await new Promise<void>(resolve => waiting.push(resolve))
    else running++
    try {
      return await task()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }
}
