import type { Update } from '../update.js'
import { type Kept, keep } from './frame.js'

/** How many updates of a metric are kept at least. */
export const KEPT = 300
const SLACK = 64

/** The last updates of one metric, oldest first, timestamps strictly increasing. */
export interface Ring {
  /** Viewers have updates up to this instant already, under the metric's former meaning: they are not sent again. */
  readonly floor: number
  /** Whether what was published before this process came is in it: until then nobody can be told what is newest. */
  ready: boolean
  /** The newest update as data. */
  latest(): Update | undefined
  newest(): Kept | undefined
  /** Everything after the instant, in order. */
  after(timestamp: number): readonly Kept[]
  append(update: Update, kept: Kept): void
  full(): boolean
  /** Puts history before what is there; what is not older is left out. */
  fill(updates: readonly Update[]): void
}

/** An empty ring; holds between `KEPT` and a few more updates once it is full. */
export function createRing(floor = 0, ready = true): Ring {
  let kept: Kept[] = []
  let latest: Update | undefined

  /** Index of the first update after the instant. */
  function indexAfter(timestamp: number): number {
    let low = 0
    let high = kept.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (kept[middle]!.timestamp > timestamp) high = middle
      else low = middle + 1
    }
    return low
  }

  return {
    floor,
    ready,
    latest: () => latest,
    newest: () => kept.at(-1),
    after: timestamp => kept.slice(indexAfter(timestamp)),
    append: (update, made) => {
      latest = update
      kept.push(made)
      if (kept.length > KEPT + SLACK) kept = kept.slice(-KEPT)
    },
    full: () => kept.length >= KEPT,
    fill: updates => {
      const oldest = kept[0]?.timestamp ?? Number.POSITIVE_INFINITY
      const older = updates.filter(update => update.timestamp < oldest)
      latest ??= older.at(-1)
      const room = Math.max(0, KEPT - kept.length)
      kept = [...(room > 0 ? older.slice(-room).map(keep) : []), ...kept]
    },
  }
}
