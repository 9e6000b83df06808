import { placeholders } from '../../config/placeholders.js'
import type { Model, Setting } from '../../model/model.js'
import type { Resource } from '../../model/resource.js'
import { reference, type Variable, variables } from './variables.js'

/** A part of the target, and where it is in the network of compose.yaml. */
interface Part {
  /** The key in the target, for people. */
  readonly key: string
  readonly setting: Setting | undefined
  /** What its variable is set to here. */
  readonly here: string
}

export interface Addresses {
  /** Keys of the parts that compose.yaml runs: those that the target names by one variable, which is set here. */
  readonly ours: ReadonlySet<string>
  /** The target's variables and their values, for whoever reads the target. */
  readonly environment: Readonly<Record<string, string>>
  /** Variables of parts that are elsewhere: handed on. */
  readonly handedOn: readonly Variable[]
}

/** Where everything of a target is. A part whose address the target writes out, wholly or partly, is run by others. */
export function addresses(model: Model, resources: readonly Resource[]): Addresses {
  const { clickhouse, kafka, flink, redis, push } = model.target
  const brokers = Array.from({ length: brokerCount(resources) }, (_, index) => `kafka-${index + 1}:9092`)
  const account = `rtdash:${reference(variables.clickhousePassword)}@`
  const parts: Part[] = [
    { key: 'kafka.brokers', setting: kafka?.brokers, here: brokers.join() },
    { key: 'flink.gateway', setting: flink?.gateway, here: 'http://flink-sql-gateway:8083' },
    { key: 'flink.jobmanager', setting: flink?.jobmanager, here: 'http://flink-jobmanager:8081' },
    {
      key: 'clickhouse.url',
      setting: clickhouse.kind === 'server' ? clickhouse.url : undefined,
      here: `http://${account}clickhouse:8123`,
    },
    { key: 'redis.url', setting: redis?.url, here: `redis://:${reference(variables.redisPassword)}@redis:6379` },
    { key: 'push.url', setting: push?.url, here: 'http://gateway:8080' },
  ]
  const ours = new Set<string>()
  const environment: Record<string, string> = {}
  const handedOn: Variable[] = []
  for (const { key, setting, here } of parts) {
    if (setting === undefined) continue
    const written = placeholders(setting.template)
    const [only] = written
    if (written.length === 1 && only?.kind === 'variable') {
      ours.add(key)
      environment[only.name] = here
      continue
    }
    for (const part of written) {
      if (part.kind !== 'variable' || part.name in environment) continue
      const { name, otherwise } = part
      const variable = { name, meaning: `Part of ${key}`, ...(otherwise !== undefined && { otherwise }) }
      handedOn.push(variable)
      environment[name] = reference(variable)
    }
  }
  return { ours, environment, handedOn }
}

/** As many brokers as the topics want copies. */
export const brokerCount = (resources: readonly Resource[]): number =>
  Math.max(1, ...resources.map(resource => (resource.kind === 'kafka.topic' ? resource.spec.replication : 0)))
