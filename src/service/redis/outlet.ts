import type { ClickHouse } from '../../clients/clickhouse.js'
import type { Redis } from '../../clients/redis.js'
import type { MetricConfig, ServiceConfig } from '../../model/serviceConfig.js'
import type { Log } from '../options.js'
import { floorTo } from '../publish/asof.js'
import { createLimiter } from '../publish/limiter.js'
import { meaningOf } from '../publish/meaning.js'
import { pastUpdates } from '../publish/past.js'
import { KEPT } from '../push/ring.js'
import type { Update } from '../update.js'
import { CHANNEL, keys } from './keys.js'
import type { Lease } from './lease.js'
import { newestScript, publishScript } from './publishScript.js'

const AT_ONCE = 50
const RETRY_MS = 100
const HOUR_MS = 3_600_000
const PAST_LIMIT_MS = 3000
/** What was missed is asked for so often; then what is new goes first. */
const PAST_ATTEMPTS = 3

/** The publishing end: hands updates to Redis in order, and those that it could not hand over once it can. */
export interface Outlet {
  apply(config: ServiceConfig | undefined): void
  /** Nothing without the lease. */
  publish(updates: readonly Update[]): void
  /** The lease came or went: what waits is another's to publish. */
  turn(): void
  /** Notes how far the publisher at work is, in case Redis forgets. */
  note(): Promise<void>
  /** Updates that wait. */
  waiting(): number
}

/** One metric on its way. */
interface Line {
  readonly metric: MetricConfig
  readonly keys: readonly string[]
  readonly head: string
  queue: Update[]
  /** Timestamp of the newest update known to be published, by anybody. */
  newest: number
  /** Whether what was published last, by anybody, reaches up to the queue. */
  whole: boolean
  /** Times in a row that what lies between could not be computed. */
  failures: number
  busy: boolean
}

interface OutletParts {
  readonly redis: Redis
  readonly project: string
  readonly db: ClickHouse
  readonly lease: Lease
  readonly log: Log
}

/** At most `KEPT` updates of a metric wait; older ones are computed again when their turn comes. */
export function createOutlet({ redis, project, db, lease, log }: OutletParts): Outlet {
  let lines = new Map<string, Line>()
  const limit = createLimiter(2)
  redis.watch(() => {
    for (const line of lines.values()) {
      line.whole = false
      void drain(line)
    }
  })

  function createLine(metric: MetricConfig): Line {
    const meaning = meaningOf(metric)
    const names = [keys.lease(project), keys.updates(project, metric.name, meaning)]
    const head = `{"project":${JSON.stringify(project)},"meaning":"${meaning}","previous":`
    const answers = keys.answers(project, metric.name, meaning)
    return { metric, keys: [...names, answers], head, queue: [], newest: 0, whole: false, failures: 0, busy: false }
  }

  async function drain(line: Line): Promise<void> {
    if (line.busy) return
    line.busy = true
    try {
      while (line.queue.length > 0 && lease.held() && redis.connected()) {
        if (!line.whole) await closeGap(line)
        if (line.whole) {
          if (await send(line, line.queue.slice(0, AT_ONCE))) continue
          lease.look()
        }
        setTimeout(() => void drain(line), RETRY_MS)
        break
      }
    } catch {
      // Redis went away: its return drains every line.
    } finally {
      line.busy = false
    }
  }

  async function send(line: Line, some: readonly Update[]): Promise<boolean> {
    const last = some.at(-1)
    if (!last) return true
    const keepMs = Math.max(HOUR_MS, 2 * KEPT * line.metric.refreshMs)
    const pairs = some.flatMap(update => [String(update.timestamp), JSON.stringify(update).slice(1)])
    const args = [lease.token, String(KEPT), String(keepMs), CHANNEL, line.head, ...pairs]
    const published = await redis.run<number>(publishScript, line.keys, args)
    if (published < 0) return false
    line.newest = Math.max(line.newest, last.timestamp)
    line.queue = line.queue.filter(({ timestamp }) => timestamp > last.timestamp)
    return true
  }

  /** Instants between what was published last and what waits come from the rollups. */
  async function closeGap(line: Line): Promise<void> {
    const [newest] = await newestOf([line])
    const { metric } = line
    // A Redis that has lost everything since is told from the last update known.
    const last = newest! > 0 ? newest! : line.newest
    const missing = last === 0 ? [] : instantsBetween(last, line.queue[0]?.timestamp ?? 0, metric.refreshMs)
    line.whole = true
    if (missing.length === 0) return
    try {
      const past = await limit(() => pastUpdates(db, metric, missing, PAST_LIMIT_MS))
      line.queue = [...past, ...line.queue]
      line.failures = 0
    } catch (error) {
      line.whole = ++line.failures === PAST_ATTEMPTS
      if (!line.whole) return
      line.failures = 0
      log(`metric ${metric.name}: ${missing.length} updates from ${missing[0]} on stay unpublished: ${error}`)
    }
  }

  const newestOf = async (some: readonly Line[]): Promise<number[]> =>
    (
      await redis.run<string[]>(
        newestScript,
        some.map(line => line.keys[1]!),
        [],
      )
    ).map(Number)

  return {
    apply: config => {
      const before = lines
      lines = new Map()
      for (const metric of config?.metrics ?? []) {
        const [line, known] = [createLine(metric), before.get(metric.name)]
        lines.set(metric.name, known && known.keys[1] === line.keys[1] ? known : line)
      }
    },
    publish: updates => {
      if (!lease.held()) return
      for (const update of updates) {
        const line = lines.get(update.metric)
        if (!line) continue
        line.queue.push(update)
        if (line.queue.length > KEPT) {
          line.queue.shift()
          line.whole = false
        }
        void drain(line)
      }
    },
    turn: () => {
      for (const line of lines.values()) {
        line.queue = []
        line.whole = false
      }
    },
    note: async () => {
      const all = [...lines.values()]
      if (all.length === 0 || !redis.connected()) return
      const newest = await newestOf(all)
      all.forEach((line, i) => {
        line.newest = Math.max(line.newest, newest[i]!)
      })
    },
    waiting: () => [...lines.values()].reduce((sum, { queue }) => sum + queue.length, 0),
  }
}

/** Refresh instants after one and before the other, the last `KEPT` of them. */
function instantsBetween(after: number, before: number, stepMs: number): number[] {
  const first = Math.max(floorTo(after, stepMs) + stepMs, floorTo(before, stepMs) - KEPT * stepMs)
  return Array.from({ length: Math.max(0, Math.ceil((before - first) / stepMs)) }, (_, i) => first + i * stepMs)
}
