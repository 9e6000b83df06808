// The real engines on this machine, until Ctrl-C: `npm run stack`. What a target needs to reach them is printed as
// variables of the environment, and written to a file for other terminals.
//   --dir DIR     where the data stay; otherwise they go with the stack
//   --brokers 3   three Kafka brokers instead of one
//   --fetch       only fetches what is missing
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { startClickHouse } from '../src/embedded/server.js'
import { startFlink, startKafka, startRedis } from '../test/stack/engines.js'
import { installFlink, installKafka } from '../test/stack/install.js'

interface Started {
  readonly variables: Readonly<Record<string, string>>
  stop(): Promise<void>
}

const say = (message: string) => console.error(message)

/** All engines, or the reason why one of them does not start; then none is left. */
async function startStack(dir: string, brokers: 1 | 3): Promise<Started> {
  const begun = Date.now()
  const start = async (name: string, starting: Promise<Started>): Promise<Started> => {
    const engine = await starting
    say(`${name} is ready after ${((Date.now() - begun) / 1000).toFixed(1)} s`)
    return engine
  }
  const results = await Promise.allSettled([
    start('Redis', redis(join(dir, 'redis'))),
    start('ClickHouse', clickhouse(join(dir, 'clickhouse'))),
    start('Kafka', kafka(join(dir, 'kafka'), brokers)),
    start('Flink', flink(join(dir, 'flink'))),
  ])
  const engines = results.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []))
  const stop = async () => {
    await Promise.all(engines.map(engine => engine.stop()))
  }
  const failed = results.find(result => result.status === 'rejected')
  if (failed) {
    await stop()
    throw failed.reason
  }
  return { variables: Object.assign({}, ...engines.map(engine => engine.variables)), stop }
}

async function redis(dir: string): Promise<Started> {
  const { url, stop } = await startRedis({ dir })
  return { variables: { REDIS_URL: url }, stop }
}

async function clickhouse(dir: string): Promise<Started> {
  const { url, username, password, stop } = await startClickHouse({ dir })
  const account = `${encodeURIComponent(username)}:${encodeURIComponent(password)}@`
  return { variables: { CLICKHOUSE_URL: url.replace('://', `://${account}`) }, stop }
}

async function kafka(dir: string, brokers: 1 | 3): Promise<Started> {
  const engine = await startKafka({ dir, brokers })
  return { variables: { KAFKA_BROKERS: engine.brokers.join() }, stop: engine.stop }
}

async function flink(dir: string): Promise<Started> {
  const { gateway, jobmanager, stop } = await startFlink({ dir })
  return { variables: { FLINK_GATEWAY: gateway, FLINK_JOBMANAGER: jobmanager }, stop }
}

/** Resolves at the first Ctrl-C or other wish that we end; at the second we end at once, and the engines with us. */
function interrupted(): Promise<void> {
  return new Promise(done => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        done()
        process.on(signal, () => process.exit(130))
      })
    }
  })
}

async function run(keep: string | undefined, brokers: 1 | 3): Promise<void> {
  const end = interrupted()
  const dir = keep === undefined ? mkdtempSync(join(tmpdir(), 'rtdash-stack-')) : resolve(keep)
  try {
    const stack = await startStack(dir, brokers)
    const lines = Object.entries(stack.variables).map(([name, value]) => `export ${name}='${value}'\n`)
    const file = join(dir, 'env')
    writeFileSync(file, lines.join(''), { mode: 0o600 })
    process.stdout.write(lines.join(''))
    say(`In another terminal: . ${file}\nCtrl-C ends the stack.`)
    await end
    say(keep === undefined ? 'Stopping.' : `Stopping; the data stay in ${dir}.`)
    await stack.stop()
  } finally {
    if (keep === undefined) rmSync(dir, { recursive: true, force: true })
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { dir: { type: 'string' }, brokers: { type: 'string', default: '1' }, fetch: { type: 'boolean' } },
  })
  if (values.brokers !== '1' && values.brokers !== '3') throw new Error('--brokers: 1 or 3')
  if (values.fetch) await Promise.all([installKafka(), installFlink()])
  else await run(values.dir, values.brokers === '1' ? 1 : 3)
}

await main().catch((error: Error) => {
  say(error.message)
  process.exitCode = 1
})
