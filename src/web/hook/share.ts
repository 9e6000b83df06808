import { type Address, socketUrl } from '../lib/address.js'
import { createFeeds, type Feeds } from '../lib/feed.js'
import { type Link, openLink } from '../lib/link.js'
import type { Update } from '../lib/protocol.js'

interface Shared {
  readonly link: Link
  readonly feeds: Feeds
  /** How many followers each metric has. */
  readonly followers: Map<string, number>
}

const connections = new Map<string, Shared>()

/** Follows a metric over the connection that all followers of one service share; returns how to stop. */
export function followMetric(
  address: Address,
  metric: string,
  onData: (updates: readonly Update[]) => void,
): () => void {
  const url = socketUrl(address)
  const shared = connections.get(url) ?? open(url)
  const { feeds, followers, link } = shared
  const count = (change: number) => {
    const next = (followers.get(metric) ?? 0) + change
    if (next > 0) followers.set(metric, next)
    else followers.delete(metric)
    feeds.forget(new Set(followers.keys()))
    link.setMetrics([...followers.keys()])
  }
  count(+1)
  const feed = feeds.get(metric)
  const tell = () => onData(feed.history.toArray())
  if (feed.history.size > 0) tell()
  const stop = feed.shown.subscribe(tell)
  return () => {
    stop()
    count(-1)
    if (followers.size > 0) return
    link.close()
    connections.delete(url)
  }
}

function open(url: string): Shared {
  const followers = new Map<string, number>()
  const feeds = createFeeds(callback => setTimeout(callback, 0))
  const link = openLink({
    url,
    newest: feeds.newest,
    onFrame: frame => feeds.receive(frame.updates.filter(update => followers.has(update.metric))),
  })
  const shared = { link, feeds, followers }
  connections.set(url, shared)
  return shared
}
