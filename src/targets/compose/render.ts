import { stringify } from 'yaml'
import type { Compiled } from '../../compile/compile.js'
import { renderTemplate } from '../../compile/templates.js'
import { addresses, brokerCount } from './address.js'
import { clickhouseXml } from './clickhouseXml.js'
import { flinkServices } from './flink.js'
import { gatewayServices } from './gateway.js'
import { kafkaServices } from './kafka.js'
import { prometheusConfig, SCRAPE_TOKEN } from './prometheus.js'
import { processes, pushServices } from './push.js'
import { namedVolumes, type Services } from './service.js'
import { clickhouseServices, redisServices } from './stores.js'
import { envExample, variables } from './variables.js'
import { FLINK_KAFKA_CONNECTOR, images } from './versions.js'

/** compose.yaml and what its services read. A target with the embedded ClickHouse has none: `rtdash up` serves it. */
export function render({ model, resources }: Compiled): ReadonlyMap<string, string> {
  const { clickhouse, name: target } = model.target
  if (clickhouse.kind === 'embedded') return new Map()
  const project = model.project.replaceAll('_', '-')
  const { ours, environment, handedOn } = addresses(model, resources)
  const has = {
    kafka: ours.has('kafka.brokers'),
    flink: ours.has('flink.gateway'),
    clickhouse: ours.has('clickhouse.url'),
    redis: ours.has('redis.url'),
  }
  const engines: Services = {
    ...(has.kafka && kafkaServices(project, brokerCount(resources))),
    ...(has.flink && flinkServices(project, resources)),
    ...(has.clickhouse && clickhouseServices()),
    ...(has.redis && redisServices()),
  }
  const given = {
    redis: model.target.redis !== undefined,
    kafka: model.target.kafka !== undefined,
    needs: Object.keys(engines),
  }
  const push = pushServices(project, environment, given)
  const running = processes(push)
  const services = { ...engines, ...push, ...gatewayServices(running.filter(name => name.startsWith('push-'))) }
  const about = { project: model.project, target }
  const document = yaml({
    name: project,
    services,
    secrets: { [SCRAPE_TOKEN]: { environment: variables.readToken.name } },
    volumes: Object.fromEntries(namedVolumes(services).map(name => [name, {}])),
  })
  const used = [...Object.values(variables), ...handedOn].filter(({ name }) => document.includes(`\${${name}:`))
  const files = {
    'compose.yaml': renderTemplate('compose/head', about) + document,
    'compose/env.example': envExample(used),
    'compose/nginx.conf': renderTemplate('compose/nginx.conf', about),
    'compose/prometheus.yaml': yaml(prometheusConfig(running, has)),
    'compose/grafana.yaml': renderTemplate('compose/grafana.yaml', about),
    ...(has.clickhouse && { 'compose/clickhouse.xml': clickhouseXml(clickhouse.cluster) }),
    ...(has.flink && {
      'compose/flink.Dockerfile': renderTemplate('compose/flink.Dockerfile', {
        ...about,
        flink: images.flink,
        maven: images.maven,
        connector: FLINK_KAFKA_CONNECTOR,
      }),
    }),
  }
  return new Map(Object.entries(files))
}

/** YAML whose repetitions are written out and whose lines are not folded, and that readers of YAML 1.1 take for the same. */
const yaml = (value: unknown): string =>
  stringify(value, { aliasDuplicateObjects: false, lineWidth: 0, compat: 'yaml-1.1' })
