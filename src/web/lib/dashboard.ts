import { type Address, apiUrl, socketUrl } from './address.js'
import { backoffDelay } from './backoff.js'
import { type Catalogue, type Metric, readCatalogue } from './catalogue.js'
import { boundsFromDate, boundsFromTimestamp, narrow, offsetOf, UNKNOWN_CLOCK } from './clock.js'
import { createFeeds, type Feeds } from './feed.js'
import { type Link, type LinkStatus, openLink } from './link.js'
import { type Observable, observable } from './observable.js'
import { pacedFrames } from './pace.js'
import type { Frame } from './protocol.js'

/** Why the catalogue could not be had, the first time or again. */
export type Problem = 'loading' | 'unreachable' | 'unauthorised'

/** Everything the page shows, kept outside of React: components listen to just what they draw. */
export interface Dashboard {
  readonly address: Address
  readonly catalogue: Observable<Catalogue | null>
  readonly problem: Observable<Problem | null>
  readonly status: Observable<LinkStatus>
  readonly viewers: Observable<number | null>
  /** Server time in epoch ms, ticking twice a second. */
  readonly now: Observable<number>
  readonly feeds: Feeds
}

const TICK_MS = 500
const HEALTH_MS = 10_000
const REFILL_MS = [4_000, 15_000]
const SPARSE = 60

/** Loads the catalogue, opens the socket, and follows both for as long as the page lives. */
export function startDashboard(address: Address): Dashboard {
  const catalogue = observable<Catalogue | null>(null)
  const problem = observable<Problem | null>('loading')
  const status = observable<LinkStatus>('connecting')
  const viewers = observable<number | null>(null)
  const feeds = createFeeds(pacedFrames())
  let clock = UNKNOWN_CLOCK
  const serverNow = () => Date.now() + offsetOf(clock)
  const now = observable(serverNow())
  let link: Link | undefined
  let asked = 0

  async function getJson(path: string): Promise<unknown> {
    const sentAt = Date.now()
    const response = await fetch(apiUrl(address, path), { cache: 'no-cache' })
    clock = narrow(clock, boundsFromDate(response.headers.get('date') ?? '', sentAt, Date.now()))
    if (response.status === 401 || response.status === 403) throw new Unauthorised()
    if (!response.ok) throw new Error(`${path}: ${response.status}`)
    return response.json()
  }

  /** Asks until there is an answer; a newer request makes older ones give up. */
  async function loadCatalogue(): Promise<void> {
    const own = ++asked
    for (let attempt = 0; own === asked; attempt++) {
      try {
        const body = await getJson('api/metrics')
        if (own === asked) adopt(readCatalogue(body))
        return
      } catch (error) {
        problem.set(error instanceof Unauthorised ? 'unauthorised' : 'unreachable')
        await new Promise(resolve => setTimeout(resolve, backoffDelay(attempt)))
      }
    }
  }

  function adopt(next: Catalogue) {
    const names = next.metrics.map(metric => metric.name)
    feeds.forget(new Set(names))
    for (const { latest } of next.metrics) if (latest) feeds.seed(latest)
    if (!sameCatalogue(catalogue.get(), next)) catalogue.set(next)
    problem.set(null)
    link ??= openLink({ url: socketUrl(address), newest: feeds.newest, onFrame: receive, onStatus, silenceMs })
    link.setMetrics(names)
    for (const delay of REFILL_MS) setTimeout(refill, delay)
  }

  /** The service fills the past of a metric that is new to it some moments after it begins: ask for it once it is there. */
  function refill() {
    const sparse = (catalogue.get()?.metrics ?? []).filter(({ name }) => feeds.get(name).history.size < SPARSE)
    link?.refill(sparse.map(({ name }) => name))
  }

  function receive(frame: Frame) {
    const newest = frame.updates.reduce((max, update) => Math.max(max, update.timestamp), 0)
    if (newest > 0) clock = narrow(clock, boundsFromTimestamp(newest, Date.now()))
    const known = catalogue.get()?.metrics ?? []
    feeds.receive(frame.updates.filter(update => known.some(metric => metric.name === update.metric)))
    if (frame.configChanged || frame.errors.some(error => error.code === 'unknown_metric')) void loadCatalogue()
    if (newest > 0)
      requestAnimationFrame(() => {
        document.documentElement.dataset.ready = 'true'
      })
  }

  function onStatus(next: LinkStatus) {
    status.set(next)
    // Offline, the answer tells why: nobody there, or a token that has run out. Live, the configuration may be another
    // than when it was last read, and only changes from now on are announced: the first connection is no exception.
    if (next !== 'connecting') void loadCatalogue()
  }

  /** Three refreshes of the fastest metric, and never less than 30 s, without a word: the connection is dead. */
  function silenceMs(): number {
    const rhythms = (catalogue.get()?.metrics ?? []).map((metric: Metric) => metric.refreshMs)
    return rhythms.length === 0 ? 0 : Math.max(30_000, 3 * Math.min(...rhythms))
  }

  async function askHealth() {
    if (document.hidden) return
    const health = await getJson('healthz').catch(() => null)
    const count = (health as { active_connections?: unknown } | null)?.active_connections
    viewers.set(typeof count === 'number' ? count : null)
  }

  addEventListener('online', () => link?.wake())
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) link?.wake()
  })
  setInterval(() => now.set(serverNow()), TICK_MS)
  setInterval(askHealth, HEALTH_MS)
  void loadCatalogue().then(askHealth)
  return { address, catalogue, problem, status, viewers, now, feeds }
}

class Unauthorised extends Error {}

/** Newest values apart, nothing changed: then nothing needs drawing again. */
function sameCatalogue(a: Catalogue | null, b: Catalogue): boolean {
  const definition = (catalogue: Catalogue) =>
    JSON.stringify({ ...catalogue, metrics: catalogue.metrics.map(metric => ({ ...metric, latest: null })) })
  return a !== null && definition(a) === definition(b)
}
