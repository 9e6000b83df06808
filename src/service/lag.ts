/** What ingest tells about a source. */
interface Progress {
  readonly source: string
  readonly inFlight: { readonly rows: number }
  readonly inserts: number
}

/** How far storing is behind accepting, by source, in ms: how long accepted events have been waiting with no insert done. */
export interface Lag {
  of(source: string): number
  stop(): void
}

const LOOK_MS = 250

/** Looks at the counters four times a second. */
export function createLag(stats: () => readonly Progress[]): Lag {
  const waiting = new Map<string, { inserts: number; since: number }>()
  const timer = setInterval(() => {
    for (const { source, inFlight, inserts } of stats()) {
      if (inFlight.rows === 0) waiting.delete(source)
      else if (waiting.get(source)?.inserts !== inserts) waiting.set(source, { inserts, since: Date.now() })
    }
  }, LOOK_MS)
  return {
    of: source => {
      const since = waiting.get(source)?.since
      return since === undefined ? 0 : Date.now() - since
    },
    stop: () => clearInterval(timer),
  }
}
