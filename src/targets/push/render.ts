import { readFileSync } from 'node:fs'
import type { Compiled } from '../../compile/compile.js'
import { json } from '../../compile/json.js'
import { renderTemplate } from '../../compile/templates.js'
import { placeholders } from '../../config/placeholders.js'
import type { Setting } from '../../model/model.js'
import { js, jsSetting, markdownCode } from './emit.js'
import { routes } from './routes.js'

/** This package, as the service's folder depends on it. */
const own = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  readonly name: string
  readonly version: string
  readonly engines: Readonly<Record<string, string>>
}

/** The folder that runs by itself. A target with the embedded ClickHouse has none: `rtdash up` serves it. */
export function render({ model, service }: Compiled): ReadonlyMap<string, string> {
  const { clickhouse, kafka, redis, name: target } = model.target
  if (clickhouse.kind === 'embedded') return new Map()
  const image = `${model.project.replaceAll('_', '-')}-push`
  const roles = ['ingest', ...(kafka ? ['load'] : []), 'publish', 'push']
  const common = { project: model.project, target, image, roles: roles.map(markdownCode).join(', ') }
  const files = {
    'package.json': json({
      name: image,
      version: '0.0.0',
      private: true,
      type: 'module',
      engines: own.engines,
      scripts: { start: 'node server.js' },
      dependencies: { [own.name]: own.version },
    }),
    'server.js': renderTemplate('push/server.js', {
      ...common,
      roles: js(roles),
      clickhouse: jsSetting(clickhouse.url),
      database: js(service.database),
      kafka: kafka && jsSetting(kafka.brokers),
      redis: redis && jsSetting(redis.url),
    }),
    'routes.json': json(routes(service)),
    Dockerfile: renderTemplate('push/Dockerfile', common),
    '.dockerignore': renderTemplate('push/dockerignore', common),
    'README.md': renderTemplate('push/README.md', {
      ...common,
      kafka: kafka !== undefined,
      settings: settings({
        'ClickHouse, over HTTP': clickhouse.url,
        ...(kafka && { 'Brokers of Kafka': kafka.brokers }),
        ...(redis && { Redis: redis.url }),
      }),
    }),
  }
  return new Map(Object.entries(files).map(([path, text]) => [`push-service/${path}`, text]))
}

/** The variables that settings are made of, as rows of the README's table. */
const settings = (named: Readonly<Record<string, Setting>>) =>
  Object.entries(named).flatMap(([meaning, setting]) =>
    placeholders(setting.template).flatMap(part =>
      part.kind === 'variable'
        ? [
            {
              name: part.name,
              meaning: `${meaning}: ${markdownCode(setting.template)}`,
              otherwise: part.otherwise === undefined ? 'it does not start' : markdownCode(part.otherwise),
            },
          ]
        : [],
    ),
  )
