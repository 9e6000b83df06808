import { clickhouseOf, serviceUrlOf } from '../cli/clickhouse.js'
import { kafkaConnectionOf } from '../cli/clients.js'
import type { Project } from '../cli/project.js'
import { settingValue } from '../cli/settings.js'
import { checkLocal } from './local.js'
import { type Component, type DoctorReport, problem, type Told } from './report.js'

/** Longest that one component may take. */
const PATIENCE_MS = 60_000

/** Looks at every component of a target, side by side; changes nothing. */
export async function examine(project: Project): Promise<DoctorReport> {
  const { model, dir } = project
  const { target } = model
  const running = target.clickhouse.kind === 'server' || (await stackRuns(dir))
  const parts: [Component, () => Promise<Told[]>][] = [['local', () => checkLocal(model, dir)]]
  if (running)
    parts.push([
      'clickhouse',
      async () =>
        (await import('./clickhouse.js')).checkClickHouse(
          await clickhouseOf(project),
          model.project,
          target.clickhouse,
        ),
    ])
  if (target.kafka)
    parts.push([
      'kafka',
      async () => (await import('./kafka.js')).checkKafka((await kafkaConnectionOf(project))!, model),
    ])
  const { flink, redis } = target
  if (flink)
    parts.push([
      'flink',
      async () => {
        const jobmanager = flink.jobmanager && settingValue(flink.jobmanager)
        const options = { gateway: settingValue(flink.gateway), ...(jobmanager && { jobmanager }) }
        return (await import('./flink.js')).checkFlink(options, model.project)
      },
    ])
  if (redis)
    parts.push(['redis', async () => (await import('./redis.js')).checkRedis(settingValue(redis.url), model.project)])
  if (target.push || (running && target.clickhouse.kind === 'embedded'))
    parts.push(['service', async () => (await import('./service.js')).checkService((await serviceUrlOf(project))!)])
  const checks = await Promise.all(
    parts.map(async ([component, run]) => (await told(component, run)).map(each => ({ component, ...each }))),
  )
  const all = checks.flat()
  return { ok: all.every(({ verdict }) => verdict !== 'problem'), target: target.name, checks: all }
}

async function stackRuns(dir: string): Promise<boolean> {
  const { findLocal } = await import('../embedded/local.js')
  return (await findLocal(dir)) !== undefined
}

/** A component that cannot be asked is a finding like any other. */
async function told(component: Component, run: () => Promise<Told[]>): Promise<Told[]> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE_MS / 1000} s`)), PATIENCE_MS)
  })
  try {
    return await Promise.race([run(), late])
  } catch (error) {
    const { message } = error as Error
    const fix = 'fix' in (error as object) ? String((error as { fix?: unknown }).fix ?? '') : ''
    return [problem('reachable', reasonOf(error) ?? message, fix || advice[component])]
  } finally {
    clearTimeout(timer)
  }
}

/** `fetch failed` says nothing; its cause does. */
const reasonOf = (error: unknown): string | undefined =>
  error instanceof TypeError && error.cause instanceof Error ? error.cause.message : undefined

const advice: Readonly<Record<Component, string>> = {
  local: 'look at the folder of the metrics file',
  clickhouse: 'check the address, the account and the network between',
  kafka: 'check the brokers’ addresses, and RTDASH_KAFKA_… for account and TLS',
  flink: 'check that the SQL gateway runs, and its address',
  redis: 'check the address and the account',
  service: 'start it with rtdash serve, or check its address',
}
