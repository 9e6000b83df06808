import type { EngineStatus, FlinkStatus, KafkaStatus, RedisStatus, Unanswered } from '../cli/engineStatus.js'
import { counted } from './counted.js'
import { bytes, duration } from './quantity.js'
import type { Style } from './style.js'

const silent = <T extends object>(engine: T | Unanswered | undefined): engine is Unanswered =>
  engine !== undefined && 'error' in engine

/** Every engine answers, has its topics, and runs its jobs. */
export function enginesWell({ kafka, flink, redis }: EngineStatus): boolean {
  if (silent(kafka) || silent(flink) || silent(redis)) return false
  return (
    !kafka?.topics.some(({ missing }) => missing) && (flink?.jobs.every(({ state }) => state === 'RUNNING') ?? true)
  )
}

/** One line for each engine, and one for each topic and job. */
export function enginesRows({ kafka, flink, redis }: EngineStatus, style: Style): string[][] {
  return [
    ...rowsOf('kafka', kafka, style, kafkaRows),
    ...rowsOf('flink', flink, style, flinkRows),
    ...rowsOf('redis', redis, style, redisRows),
  ]
}

function rowsOf<T extends object>(
  name: string,
  engine: T | Unanswered | undefined,
  style: Style,
  rows: (engine: T, style: Style) => string[][],
): string[][] {
  if (engine === undefined) return []
  return silent(engine) ? [[name, style.red(engine.error)]] : rows(engine, style)
}

const kafkaRows = ({ brokers, topics }: KafkaStatus, style: Style): string[][] => [
  ['kafka', counted(brokers, 'broker')],
  ...topics.map(({ topic, missing, lag_messages, lag_ms }) => [
    '',
    missing ? `${topic}  ${style.red('missing')}` : `${topic}  ${lagText(lag_messages, lag_ms, style)}`,
  ]),
]

const lagText = (messages: number, ms: number, style: Style): string =>
  messages === 0
    ? style.green('no lag')
    : style.yellow(`${counted(messages, 'record')} behind, the oldest of ${duration(ms)} ago`)

const flinkRows = ({ version, jobs }: FlinkStatus, style: Style): string[][] => [
  ['flink', version],
  ...jobs.map(({ name, state, uptime_ms, cause }) => [
    '',
    uptime_ms === null
      ? `${name}  ${style.red(state.toLowerCase())}${cause === null ? '' : `: ${cause.split('\n')[0]}`}`
      : `${name}  ${style.green('running')} for ${duration(uptime_ms)}${cause === null ? '' : style.yellow(`, ${cause.split('\n')[0]}`)}`,
  ]),
]

const redisRows = ({ version, clients, memory_bytes }: RedisStatus): string[][] => [
  ['redis', `${version}, ${counted(clients, 'connection')}, ${bytes(memory_bytes)}`],
]
