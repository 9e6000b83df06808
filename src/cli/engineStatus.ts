import { groupLag } from '../clients/kafka/lag.js'
import type { Model } from '../model/model.js'
import { names } from '../naming.js'
import { troubles, troubleText } from '../targets/flink/live/troubles.js'
import type { Clients } from '../targets/live.js'

/** The engines of a target beside ClickHouse, those that it has. `error`: it could not be asked. */
export interface EngineStatus {
  readonly kafka?: KafkaStatus | Unanswered
  readonly flink?: FlinkStatus | Unanswered
  readonly redis?: RedisStatus | Unanswered
}

export interface Unanswered {
  readonly error: string
}

export interface KafkaStatus {
  readonly brokers: number
  /** How far the loaders are behind each source's topic; `missing` where there is no such topic. */
  readonly topics: readonly {
    readonly source: string
    readonly topic: string
    readonly missing: boolean
    readonly lag_messages: number
    readonly lag_ms: number
  }[]
}

export interface FlinkStatus {
  readonly version: string
  /** The newest job of each name that is the project's. */
  readonly jobs: readonly {
    readonly name: string
    readonly state: string
    readonly uptime_ms: number | null
    /** Why it fails, where it does. */
    readonly cause: string | null
  }[]
}

export interface RedisStatus {
  readonly version: string
  readonly clients: number
  readonly memory_bytes: number
}

const PATIENCE_MS = 10_000

/** Asks each engine, side by side; none waits for another, and none takes longer than ten seconds. */
export async function engineStatus(model: Model, { kafka, flink, redis }: Clients): Promise<EngineStatus> {
  const [ofKafka, ofFlink, ofRedis] = await Promise.all([
    kafka && answer(kafkaStatus(model, kafka)),
    flink && answer(flinkStatus(model, flink)),
    redis && answer(redisStatus(redis)),
  ])
  return { ...(ofKafka && { kafka: ofKafka }), ...(ofFlink && { flink: ofFlink }), ...(ofRedis && { redis: ofRedis }) }
}

async function answer<T>(asked: Promise<T>): Promise<T | Unanswered> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Unanswered>(resolve => {
    timer = setTimeout(resolve, PATIENCE_MS, { error: `no answer within ${PATIENCE_MS / 1000} s` })
  })
  return Promise.race([asked.catch((error: Error): Unanswered => ({ error: error.message })), late]).finally(() =>
    clearTimeout(timer),
  )
}

async function kafkaStatus({ project, sources }: Model, kafka: NonNullable<Clients['kafka']>): Promise<KafkaStatus> {
  const [brokers, present] = await Promise.all([kafka.brokers(), kafka.topics(sources.map(({ topic }) => topic))])
  const there = new Set(present.map(({ name }) => name))
  const topics = await Promise.all(
    sources.map(async ({ name: source, topic }) => {
      const missing = !there.has(topic)
      const lags = missing ? [] : await groupLag(kafka, names.loaderGroup(project), topic)
      return {
        source,
        topic,
        missing,
        lag_messages: lags.reduce((sum, { records }) => sum + records, 0),
        lag_ms: Math.max(0, ...lags.map(({ ms }) => ms)),
      }
    }),
  )
  return { brokers, topics }
}

async function flinkStatus({ project, sources }: Model, flink: NonNullable<Clients['flink']>): Promise<FlinkStatus> {
  const [version, jobs] = await Promise.all([flink.version(), flink.jobs()])
  const own = new Set(sources.map(({ name }) => names.flinkJob(project, name)))
  const failing = new Map((await troubles(flink, project)).map(trouble => [trouble.job, troubleText(trouble)]))
  const newest = [...own].flatMap(name => jobs.find(job => job.name === name) ?? [])
  return {
    version,
    jobs: await Promise.all(
      newest.map(async ({ id, name, state, startedAt }) => ({
        name,
        state,
        uptime_ms: state === 'RUNNING' ? Math.max(0, Date.now() - startedAt) : null,
        cause: failing.get(name) ?? (state === 'RUNNING' ? null : ((await flink.failure(id)) ?? null)),
      })),
    ),
  }
}

async function redisStatus(redis: NonNullable<Clients['redis']>): Promise<RedisStatus> {
  await new Promise<void>(resolve => redis.watch(resolve))
  const info = await redis.send<string>(['INFO'])
  const value = (name: string): string => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? ''
  return {
    version: value('redis_version'),
    clients: Number(value('connected_clients')),
    memory_bytes: Number(value('used_memory')),
  }
}
