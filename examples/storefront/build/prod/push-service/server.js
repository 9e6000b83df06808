// Starts the service of project shop for target prod. Made from metrics.yaml by `rtdash compile`: change that file.
// What it serves it reads from ClickHouse, where `rtdash apply` puts it; a new configuration needs no restart.
import { fileURLToPath } from 'node:url'
import { createClickHouse, kafkaConnection, startService } from 'rtdash'

const roles = ["ingest","load","publish","push"]

/** A variable of the environment; without it and without a default nothing starts. */
function env(name, otherwise) {
  const value = process.env[name] || otherwise
  if (value === undefined) fail(`the environment variable ${name} is not set; see README.md`)
  return value
}

function fail(message) {
  console.error(message)
  process.exit(1)
}

function rolesAsked() {
  const asked = env('ROLES', roles.join(',')).split(',').map(role => role.trim())
  const unknown = asked.find(role => !roles.includes(role))
  if (unknown !== undefined) fail(`ROLES: there is no role ${JSON.stringify(unknown)}; there are ${roles.join(', ')}`)
  return asked
}

function port() {
  const value = Number(env('PORT', '8080'))
  if (!Number.isInteger(value) || value < 0 || value > 65535) fail('PORT: a number from 0 to 65535')
  return value
}

/** `https://user:password@host:8443`: the account goes out of the URL, which may be logged. */
function clickhouseFrom(text) {
  if (!URL.canParse(text)) fail('the URL of ClickHouse is none: http://host:8123 is one')
  const url = new URL(text)
  const username = decodeURIComponent(url.username) || process.env.CLICKHOUSE_USER
  const password = decodeURIComponent(url.password) || process.env.CLICKHOUSE_PASSWORD
  url.username = url.password = ''
  return createClickHouse({ url: url.href, ...(username && { username }), ...(password && { password }) })
}

const clickhouse = clickhouseFrom(env("CLICKHOUSE_URL"))
const service = await startService({
  clickhouse,
  database: "shop",
  host: env('HOST', '127.0.0.1'),
  port: port(),
  roles: rolesAsked(),
  stateDir: env('STATE_DIR', 'state'),
  kafka: kafkaConnection(env("KAFKA_BROKERS"), process.env),
  redis: { url: env("REDIS_URL") },
  webDir: fileURLToPath(new URL('dist/web/', import.meta.resolve('rtdash/package.json'))),
  log: message => console.error(message),
}).catch(error => fail(error.message))
console.log(service.url)

async function stop() {
  await service.stop()
  await clickhouse.close()
}
process.once('SIGTERM', stop)
process.once('SIGINT', stop)
