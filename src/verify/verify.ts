import { setTimeout as sleep } from 'node:timers/promises'
import type { ClickHouse } from '../clients/clickhouse.js'
import type { KafkaAdmin } from '../clients/kafka/admin.js'
import type { Redis } from '../clients/redis.js'
import { compile } from '../compile/compile.js'
import type { Metric, Model } from '../model/model.js'
import { type CanarySender, type SentCanary, sendCanaries } from './canaries.js'
import type { Evidence } from './check.js'
import { checks } from './checks.js'
import { untilInForce } from './inForce.js'
import { neededMs } from './needed.js'
import type { CheckResult, VerifyReport } from './report.js'
import { type ServiceAddress, serviceState } from './service.js'
import { clickhouseNow, takeSnapshot } from './snapshot.js'
import { measureStages } from './stages.js'
import { openViewer } from './viewers/open.js'
import type { Viewer } from './viewers/viewer.js'

export interface VerifyOptions {
  readonly model: Model
  readonly service: ServiceAddress
  readonly clickhouse: ClickHouse
  readonly kafka?: KafkaAdmin
  readonly redis?: Redis
  /** The project's, unless told. */
  readonly database?: string
  /** How long canaries are counted: metrics with a longer refresh are skipped. */
  readonly durationMs: number
  readonly signal: AbortSignal
  readonly onProgress?: (progress: Progress) => void
}

export interface Progress {
  /** What is being done, in a few words. */
  readonly doing: string
  readonly elapsedMs: number
  readonly canaries: number
}

/** Canaries sent before the counted ones: the service looks once a second whether there are any. */
const WARM_UP_MS = 1500
/** Beyond a refresh, its settle time and a cached answer, so much longer at most for the last canary to come out. */
const PATIENCE_MS = 10_000
const LOOK_MS = 100

/**
 * Measures the live system against every promise of the model. Canaries flow for `durationMs`, then until the last has
 * come out. Throws VerifyError where nothing can be measured, and the signal's reason when aborted.
 */
export async function verify(options: VerifyOptions): Promise<VerifyReport> {
  const { model, service, clickhouse, durationMs, signal, onProgress = () => {} } = options
  const compiled = compile(model)
  const database = options.database ?? model.project
  const started = Date.now()
  const { sources } = compiled.service
  const since = await clickhouseNow(clickhouse)
  const doors = { redis: options.redis, project: database, status: () => serviceState(service) }
  const applied = await untilInForce(clickhouse, database, doors, signal)
  const snapshot = () =>
    takeSnapshot({ clickhouse, database, kafka: options.kafka, project: model.project, doors, sources, since })
  const measurable = model.metrics.filter(metric => durationMs >= neededMs(metric))

  const viewers: [Viewer, Viewer] = await both(() => openViewer(service, model.metrics))
  const senders = sources.map(source => sendCanaries(source, service))
  const say = (doing: string) =>
    onProgress({
      doing,
      elapsedMs: Date.now() - started,
      canaries: senders.reduce((sum, sender) => sum + sender.accepted().length, 0),
    })
  const wait = (ms: number) => Promise.race([sleep(ms, undefined, { signal }), ...senders.map(one => one.refused)])

  try {
    await wait(WARM_UP_MS)
    const before = await snapshot()
    const [from, to] = [Date.now(), Date.now() + durationMs]
    for (; Date.now() < to; say('sending canaries')) await wait(Math.min(LOOK_MS, Math.max(1, to - Date.now())))
    const counted = (sender: CanarySender) => sender.accepted().filter(({ sent }) => sent >= from && sent < to)
    const end = to + Math.max(0, ...measurable.map(patience))
    for (; Date.now() < end && !allOut(measurable, viewers[0], senders, counted); say('waiting for the last ones'))
      await wait(LOOK_MS)
    const endedAt = Date.now()
    const after = await snapshot()
    await Promise.all(senders.map(sender => sender.stop()))
    const evidence: Evidence = {
      compiled,
      clickhouse,
      ...(options.kafka && { kafka: options.kafka }),
      ...(options.redis && { redis: options.redis }),
      database,
      applied,
      service,
      durationMs,
      signal,
      before,
      after,
      canaries: new Map(senders.map(sender => [sender.source, counted(sender)])),
      viewers,
      measurable: new Set(measurable.map(({ name }) => name)),
      endedAt,
    }
    const results: CheckResult[] = []
    for (const check of checks) {
      signal.throwIfAborted()
      say(`checking ${check.id}`)
      const { id, group } = check
      for (const finding of await check.run(evidence)) results.push({ id, group, ...finding })
    }
    const failed = results.some(({ verdict }) => verdict === 'fail')
    const passed = results.some(({ verdict }) => verdict === 'pass')
    return { ok: passed && !failed, checks: results, stages: await measureStages(evidence) }
  } finally {
    await Promise.allSettled([...senders.map(sender => sender.stop()), ...viewers.map(viewer => viewer.close())])
  }
}

const patience = ({ refreshMs, settleMs, deliver, cacheMs, sla }: Metric): number =>
  Math.max(sla.latencyMs + LOOK_MS, refreshMs + settleMs + (deliver === 'poll' ? cacheMs : 0) + PATIENCE_MS)

/** Whether every metric's viewer has an update that contains the newest counted canary of its source. */
function allOut(
  metrics: readonly Metric[],
  viewer: Viewer,
  senders: readonly CanarySender[],
  counted: (sender: CanarySender) => readonly SentCanary[],
): boolean {
  const newest = new Map(senders.map(sender => [sender.source, counted(sender).at(-1)?.sent ?? 0]))
  return metrics.every(({ name, source }) => (viewer.of(name).at(-1)?.update.canary?.sent ?? -1) >= newest.get(source)!)
}

async function both<T>(make: () => Promise<T>): Promise<[T, T]> {
  return Promise.all([make(), make()])
}
