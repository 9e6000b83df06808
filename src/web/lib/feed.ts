import { type Observable, observable } from './observable.js'
import type { Update } from './protocol.js'
import { createRing, type Ring } from './ring.js'

/** How many updates of a metric are kept and drawn. */
const KEPT_UPDATES = 300

/** What is known of one metric: its last updates, and the newest one as last shown on the screen. */
export interface Feed {
  readonly history: Ring<Update>
  readonly shown: Observable<Update | null>
}

export interface Feeds {
  get(metric: string): Feed
  /** Newest timestamp received, 0 for none. */
  newest(metric: string): number
  receive(updates: readonly Update[]): void
  /** Shows a value from the catalogue until the first update comes; it does not count as received. */
  seed(update: Update): void
  forget(keep: ReadonlySet<string>): void
}

/**
 * One feed a metric. Received updates are kept at once and shown together in the next frame,
 * so that a burst costs one drawing, and only the metrics that changed are told.
 */
export function createFeeds(nextFrame: (callback: () => void) => void): Feeds {
  const feeds = new Map<string, Feed>()
  const dirty = new Set<string>()
  const get = (metric: string): Feed => {
    const known = feeds.get(metric)
    if (known) return known
    const feed = { history: createRing<Update>(KEPT_UPDATES), shown: observable<Update | null>(null) }
    feeds.set(metric, feed)
    return feed
  }
  const flush = () => {
    const changed = [...dirty]
    dirty.clear()
    for (const metric of changed) {
      const feed = feeds.get(metric)
      if (feed) feed.shown.set(newestOf(feed))
    }
  }
  return {
    get,
    newest: metric => feeds.get(metric)?.history.last?.timestamp ?? 0,
    receive(updates) {
      const idle = dirty.size === 0
      for (const update of updates) if (get(update.metric).history.insert(update)) dirty.add(update.metric)
      if (idle && dirty.size > 0) nextFrame(flush)
    },
    seed(update) {
      const { history, shown } = get(update.metric)
      if (history.size === 0) shown.set(update)
    },
    forget(keep) {
      for (const metric of feeds.keys()) if (!keep.has(metric)) feeds.delete(metric)
    },
  }
}

/** The newest that is known. Where it stays the same while older ones came, a copy: the chart must hear of them. */
function newestOf({ history, shown }: Feed): Update | null {
  const [last, before] = [history.last, shown.get()]
  const newest = last && before && before.timestamp > last.timestamp ? before : (last ?? null)
  return newest && newest === before ? { ...newest } : newest
}
