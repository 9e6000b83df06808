import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ClickHouse, createClickHouse } from '../../src/clients/clickhouse.js'
import { type EmbeddedClickHouse, startClickHouse } from '../../src/embedded/server.js'
import { type Run, rtdash } from '../support/rtdash.js'

// Every place that a secret can come from holds one that is marked. Whatever any command writes is searched for the
// marks: what it prints, with all detail and when it fails, the files it makes, and all that it leaves in ClickHouse.

const program = fileURLToPath(new URL('../../bin/run.js', import.meta.url))

/** Letters and digits alone, so that no way of writing it down hides it; what stands around it needs to be escaped. */
const mark = (place: string): string => `hidden${place}`
const places = {
  clickhouse: mark('Clickhouse1'),
  wrongClickhouse: mark('Clickhouse2'),
  kafka: mark('Kafka3'),
  redis: mark('Redis4'),
  flink: mark('Flink5'),
  jobmanager: mark('Flink6'),
  push: mark('Push7'),
  jwt: mark('Jwt8'),
  writeToken: mark('Write9'),
  writer: mark('Writer11'),
  literalClickhouse: mark('Literal12'),
  literalRedis: mark('Literal13'),
  literalPush: mark('Literal14'),
  queryToken: mark('Query15'),
}
const marks: string[] = Object.values(places)
const awkward = (text: string): string => `a/"${text}@:%`

const jwtSecret = awkward(places.jwt).padEnd(40, '.')

const file = (metrics: string) => `version: 1
project: shop
include: [more/*.yaml]
sources:
  events:
    timestamp: ts
    columns:
      ts: DateTime64(3)
      kind: LowCardinality(String)
      value: Float64
metrics:
  total: { tier: 2, measure: sum(value), window: 1m, refresh: 5s }
${metrics}
targets:
  prod:
    clickhouse: { url: "\${CLICKHOUSE_URL}" }
    push: { url: "\${SERVICE_URL:-http://127.0.0.1:1}" }
  wrong:
    clickhouse: { url: "\${WRONG_CLICKHOUSE_URL}" }
  all:
    kafka: { brokers: "\${KAFKA_BROKERS}" }
    flink: { gateway: "\${FLINK_GATEWAY}", jobmanager: "\${FLINK_JOBMANAGER}" }
    clickhouse: { url: "\${CLICKHOUSE_URL}" }
    redis: { url: "\${REDIS_URL}" }
    push: { url: "\${PUSH_URL}" }
  literal:
    clickhouse: { url: "http://marked:${places.literalClickhouse}@127.0.0.1:1" }
    redis: { url: "redis://:${places.literalRedis}@127.0.0.1:1" }
    push: { url: "http://127.0.0.1:1/?token=${places.literalPush}" }
`
const more = `metrics:
  events_per_minute: { source: events, tier: 1, measure: count(), by: [kind], window: 1m, refresh: 250ms }
`

let server: EmbeddedClickHouse
let client: ClickHouse
let home: string
let dir: string
let env: Record<string, string>
/** What was written, by where it stands. */
const written = new Map<string, string>()

beforeAll(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), 'rtdash-secrets-')))
  dir = join(home, 'project')
  await mkdir(join(dir, 'more'), { recursive: true })
  await mkdir(join(home, 'engine', 'server'), { recursive: true })
  const account = { username: 'marked', password: awkward(places.clickhouse) }
  const reader = { username: 'reader', password: 'reader' }
  await writeFile(join(home, 'engine', 'server', 'secret.json'), JSON.stringify({ ...account, reader }))
  server = await startClickHouse({ dir: join(home, 'engine') })
  client = createClickHouse(server)
  const { host } = new URL(server.url)
  const nobody = '127.0.0.1:1'
  const url = (scheme: string, secret: string, at = nobody) =>
    `${scheme}://marked:${encodeURIComponent(awkward(secret))}@${at}`
  env = {
    CLICKHOUSE_URL: url('http', places.clickhouse, host),
    WRONG_CLICKHOUSE_URL: url('http', places.wrongClickhouse, host),
    KAFKA_BROKERS: nobody,
    RTDASH_KAFKA_USERNAME: 'marked',
    RTDASH_KAFKA_PASSWORD: awkward(places.kafka),
    RTDASH_KAFKA_SASL_MECHANISM: 'PLAIN',
    FLINK_GATEWAY: url('http', places.flink),
    FLINK_JOBMANAGER: url('http', places.jobmanager),
    REDIS_URL: url('redis', places.redis),
    PUSH_URL: `${url('http', places.push)}/?token=${places.queryToken}`,
    RTDASH_JWT_SECRET: jwtSecret,
    RTDASH_JWT_AUDIENCE: 'dashboards',
    RTDASH_WRITE_TOKENS: `${places.writeToken},other`,
    RTDASH_TOKEN: await readerToken(),
    RTDASH_WRITE_TOKEN: places.writeToken,
  }
  await writeFile(join(dir, 'more', 'other.yaml'), more)
  await writeFile(join(dir, 'metrics.yaml'), file(''))
})
afterAll(async () => {
  await client.close()
  await server.stop()
  await rm(home, { recursive: true, force: true })
})

/** One that the service takes; its last part is as secret as it is. */
async function readerToken(): Promise<string> {
  const token = await new SignJWT({ sub: 'marked' })
    .setProtectedHeader({ alg: 'HS256' })
    .setAudience('dashboards')
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(jwtSecret))
  marks.push(token.split('.')[2]!)
  return token
}

async function run(...args: string[]): Promise<Run> {
  const result = await rtdash(args, { cwd: dir, env })
  written.set(`rtdash ${args.join(' ')}`, `${result.stdout}\n${result.stderr}`)
  return result
}

/** Succeeds, in both forms. */
async function fine(...args: string[]): Promise<void> {
  const { code, stderr } = await run(...args)
  expect(`${args.join(' ')}: ${code} ${code === 0 ? '' : stderr}`).toBe(`${args.join(' ')}: 0 `)
}

interface Served {
  /** All of stdout so far: the document with its address. */
  out(): string
  log(): string
}

/** Runs the service while `use` does something, and keeps its log. */
async function serve(target: string, use: (served: Served) => Promise<void>): Promise<void> {
  const child = spawn(process.execPath, [program, 'serve', '-t', target, '--port', '0', '--json', '-v'], {
    cwd: dir,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let log = ''
  child.stdout.on('data', chunk => {
    out += String(chunk)
  })
  child.stderr.on('data', chunk => {
    log += String(chunk)
  })
  const ended = new Promise(resolve => child.once('exit', resolve))
  try {
    await use({ out: () => out, log: () => log })
  } finally {
    child.kill('SIGKILL')
    await ended
    written.set(`rtdash serve -t ${target}`, log + out)
  }
}

/** Everything that a service answers, and what others say of it while it runs. */
async function askService(url: string): Promise<void> {
  for (const path of ['/metrics', '/healthz', '/api/metrics', '/api/openapi.json', '/']) {
    for (const headers of [{}, { authorization: `Bearer ${env.RTDASH_TOKEN}` }]) {
      const answer = await fetch(`${url}${path}`, { headers })
      written.set(`GET ${path} ${Object.keys(headers).join()}`, await answer.text())
    }
  }
  const event = JSON.stringify({ ts: new Date().toISOString(), kind: 'a', value: 1 })
  for (const token of [places.writeToken, places.writer]) {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const answer = await fetch(`${url}/ingest/events`, { method: 'POST', headers, body: event })
    expect(answer.ok).toBe(token === places.writeToken)
    written.set(`POST with ${token.slice(6)}`, await answer.text())
  }
  env = { ...env, SERVICE_URL: url }
  await run('status', '-t', 'prod', '-v')
  await run('doctor', '-t', 'prod', '-v')
  await run('verify', '-t', 'prod', '--duration', '1s', '-v')
}

async function keepFiles(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    const own = path === join(dir, 'metrics.yaml') || path.startsWith(join(dir, 'more'))
    if (entry.isFile() && !own) written.set(`file ${path.slice(dir.length + 1)}`, await readFile(path, 'latin1'))
  }
}

async function keepClickHouse(): Promise<void> {
  const tables = await client.query<{ name: string }>("SELECT name FROM system.tables WHERE database = 'shop'")
  written.set(
    'definitions in ClickHouse',
    JSON.stringify(await client.query("SELECT * FROM system.tables WHERE database = 'shop'")),
  )
  for (const { name } of tables.filter(table => table.name.startsWith('_rtdash') || table.name.startsWith('events')))
    written.set(`rows of ${name}`, JSON.stringify(await client.query(`SELECT * FROM shop.\`${name}\``)))
  await client.command('SYSTEM FLUSH LOGS')
  written.set(
    'statements that ClickHouse logged',
    JSON.stringify(
      await client.query(
        "SELECT query, exception, log_comment, client_name FROM system.query_log WHERE user = 'marked'",
      ),
    ),
  )
}

const leaks = () =>
  [...written].flatMap(([where, text]) => marks.filter(one => text.includes(one)).map(one => `${one} in ${where}`))

describe('secrets', () => {
  it('stand in nothing that is written, whatever is done', async () => {
    await fine('validate')
    await fine('explain')
    for (const target of ['prod', 'all']) {
      await fine('compile', '-t', target, '-o', join(dir, 'build', target))
      await fine('explain', '-t', target, '--json')
    }
    await fine('plan', '-t', 'prod', '-v', '-o', 'plan.json')
    await fine('plan', '-t', 'prod', '--format', 'markdown')
    await fine('apply', 'plan.json', '-t', 'prod', '--yes', '-v')
    await keepClickHouse()

    await writeFile(
      join(dir, 'metrics.yaml'),
      file("  large: { tier: 2, measure: count(), where: 'value > 10', window: 5m, refresh: 5s }"),
    )
    await fine('diff', 'metrics.yaml', 'metrics.yaml', '-t', 'prod', '--json')
    await fine('apply', '-t', 'prod', '--yes', '--json')
    await fine('history', '-t', 'prod')
    await fine('history', '-t', 'prod', '--json')
    await serve('prod', async ({ out }) => {
      await expect.poll(out, { message: 'the service serves' }).toContain('"url"')
      await askService((JSON.parse(out()) as { url: string }).url)
    })
    await fine('rollback', '-t', 'prod', '--yes', '-v')
    await run('backfill', '-t', 'prod', '--from', '1d', '-v')
    await keepClickHouse()
    await keepFiles(dir)

    // They were there to be written, and were used.
    const ledger = written.get('rows of _rtdash_history') ?? ''
    expect(ledger.includes(`\${CLICKHOUSE_URL}`) && ledger.includes('more/other.yaml')).toBe(true)
    expect(written.get('statements that ClickHouse logged')?.includes('INSERT INTO `shop`')).toBe(true)
    expect(written.get('rtdash serve -t prod')).toContain('"url"')
    expect([...written.keys()].filter(where => where.startsWith('file build/all/')).length).toBeGreaterThan(5)
    expect(leaks()).toEqual([])
    await fine('destroy', '-t', 'prod', '--yes', '--allow-destructive', '-v')
    expect(leaks()).toEqual([])
  }, 400_000)

  it('stand in no error', async () => {
    const failing = [
      ['plan', '-t', 'wrong', '-v'],
      ['apply', '-t', 'wrong', '--yes', '-v'],
      ['history', '-t', 'wrong', '--json'],
      ['plan', '-t', 'all', '-v'],
      ['apply', '-t', 'all', '--yes', '--json'],
      ['plan', '-t', 'literal', '-v'],
      ['destroy', '-t', 'literal', '--yes', '--allow-destructive', '-v'],
      ['doctor', '-t', 'wrong', '-v'],
      ['doctor', '-t', 'all', '-v'],
      ['doctor', '-t', 'literal', '--json'],
      ['status', '-t', 'literal', '-v'],
      ['status', '-t', 'all', '-v'],
      ['verify', '-t', 'literal', '--duration', '1s', '-v'],
    ]
    for (const args of failing) expect((await run(...args)).code, args.join(' ')).not.toBe(0)
    for (const target of ['wrong', 'literal', 'all'])
      await serve(target, ({ log }) => expect.poll(log, { message: `serve -t ${target} says why` }).not.toBe(''))
    env = { ...env, CLICKHOUSE_URL: `no url ${places.clickhouse}`, REDIS_URL: `no url ${places.redis}` }
    await run('plan', '-t', 'prod', '-v')
    await run('plan', '-t', 'all', '-v')
    await run('doctor', '-t', 'all', '-v')
    expect(leaks()).toEqual([])
  }, 400_000)
})
