import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createClickHouse } from '../clients/clickhouse.js'
import { forgetUncommitted } from './deduplicationLogs.js'
import { startClickHouse } from './server.js'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'rtdash-tokens-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

type Work = (client: ReturnType<typeof createClickHouse>) => Promise<void>

/** Runs the engine for some work, then kills it with -9 or ends it in order. */
async function run(work: Work, end: 'kill' | 'stop' = 'kill'): Promise<void> {
  const server = await startClickHouse({ dir })
  const client = createClickHouse(server)
  await work(client)
  await client.close()
  if (end === 'stop') return server.stop()
  process.kill(server.pid, 'SIGKILL')
  await server.exited
}

const create: Work = async client => {
  await client.command('CREATE DATABASE d')
  await client.command(
    'CREATE TABLE d.t (n UInt64) ENGINE = MergeTree PARTITION BY n % 2 ORDER BY n SETTINGS non_replicated_deduplication_window = 100',
  )
}
const insert =
  (token: string, ...rows: number[]): Work =>
  client =>
    client.insert('d.t', rows.join('\n'), 'TSV', { insert_deduplication_token: token })
const rows = async (): Promise<number[]> => {
  let found: { n: string }[] = []
  await run(async client => {
    found = await client.query('SELECT n FROM d.t ORDER BY n')
  })
  return found.map(({ n }) => Number(n))
}

/** Folder of the table's parts and its log of tokens. */
function table(): string {
  const store = join(dir, 'clickhouse', 'store')
  for (const group of readdirSync(store))
    for (const name of readdirSync(join(store, group)))
      if (readdirSync(join(store, group, name)).includes('deduplication_logs')) return join(store, group, name)
  throw new Error('no table with tokens')
}

test('a batch whose token was kept but not its part counts when it is sent again', async () => {
  await run(async client => {
    await create(client)
    await insert('a', 1, 2)(client)
    await insert('b', 3, 4)(client)
  })
  // As a kill leaves it between the two writes: of batch b one part is there, the other is not.
  rmSync(join(table(), '1_3_3_0'), { recursive: true })
  appendFileSync(join(table(), 'deduplication_logs', 'deduplication_log_1.txt'), '1\t1_9')
  await run(insert('b', 3, 4))
  await run(insert('a', 1, 2))
  expect(await rows()).toEqual([1, 2, 3, 4])
})

test('tokens of merged parts stay', async () => {
  await run(async client => {
    await create(client)
    for (const token of ['a', 'b', 'c']) await insert(token, 1, 2)(client)
    await client.command('OPTIMIZE TABLE d.t FINAL')
  })
  expect(forgetUncommitted(join(dir, 'clickhouse'))).toEqual([])
  await run(insert('b', 1, 2))
  expect(await rows()).toEqual([1, 1, 1, 2, 2, 2])
})

test('nothing is touched while the engine lives, nor after it ended in order', async () => {
  await run(async client => {
    await create(client)
    await insert('a', 1, 2)(client)
    for (const part of ['0_1_1_0', '0_2_2_0', '1_1_1_0', '1_2_2_0'])
      rmSync(join(table(), part), { recursive: true, force: true })
    expect(forgetUncommitted(join(dir, 'clickhouse'))).toEqual([])
  }, 'stop')
  expect(forgetUncommitted(join(dir, 'clickhouse'))).toEqual([])
})
