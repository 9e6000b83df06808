import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTelemetry } from '../telemetry.js'
import { metric, serviceConfig } from '../testing/fixture.js'
import type { Update } from '../update.js'
import { createHub } from './hub.js'
import { createRings } from './rings.js'
import { createViewer, type Viewer } from './viewer.js'

let server: Server
const accepted: Socket[] = []

beforeAll(async () => {
  server = createServer(socket => accepted.push(socket.on('error', () => {}))).listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(() => void server.close())

/** A real connection: the server's end as a viewer, and the client's, which does not read until told. */
async function connection() {
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  await once(client, 'connect')
  while (accepted.length === 0) await once(server, 'connection')
  client.pause()
  client.on('error', () => {})
  return { client, viewer: createViewer(accepted.pop()!, 'events') }
}

const padding = 'x'.repeat(50_000)
const update = (name: string, timestamp: number): Update => ({ metric: name, value: 1, timestamp, exact: padding })
const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

function setUp(stuckMs?: number) {
  const rings = createRings()
  rings.apply(
    serviceConfig('shop', [
      metric('shop', { name: 'a', value: 'sum(n)', windowMs: 1000, refreshMs: 250, empty: 0 }),
      metric('shop', { name: 'b', value: 'sum(n)', windowMs: 1000, refreshMs: 250, empty: 0 }),
    ]),
  )
  const telemetry = createTelemetry()
  return { rings, telemetry, hub: createHub(rings, telemetry, stuckMs) }
}

const drops = async ({ telemetry }: { telemetry: ReturnType<typeof createTelemetry> }) =>
  (await telemetry.drops.get()).values[0]?.value ?? 0

/** Ids of one metric's events in what a client has read. */
function ids(text: string, name: string): number[] {
  const events = text.split('\n\n').filter(block => block.includes(`"metric":"${name}"`) && block.endsWith('}'))
  return events.map(block => Number(/"timestamp":(\d+)/.exec(block)![1]))
}

test('frozen viewers take no memory, others miss nothing, and the frozen get the newest when they read again', async () => {
  const set = setUp()
  const frozen = await Promise.all([connection(), connection(), connection(), connection(), connection()])
  const reader = await connection()
  let read = ''
  reader.client.on('data', chunk => {
    read += chunk
  })
  for (const { viewer } of [...frozen, reader]) set.hub.subscribe(viewer, ['a', 'b'], () => undefined)
  reader.client.resume()

  const queued = (viewer: Viewer) => viewer.socket.writableLength
  let most = 0
  const rounds = 400
  for (let n = 1; n <= rounds; n++) {
    set.hub.receive([update('a', n), update('b', n)])
    await pause(15)
    most = Math.max(most, ...frozen.map(({ viewer }) => queued(viewer)))
  }
  // 40 MB were offered to each; never is more than one tick waiting in this process for one of them.
  expect(most).toBeLessThan(150_000)
  expect(await drops(set)).toBeGreaterThan(100)
  await expect.poll(() => ids(read, 'a').length, { timeout: 10_000 }).toBe(rounds)
  expect(ids(read, 'b')).toEqual(Array.from({ length: rounds }, (_, i) => i + 1))

  const [late] = frozen
  let text = ''
  late!.client.on('data', chunk => {
    text += chunk
  })
  late!.client.resume()
  await expect.poll(() => ids(text, 'a').at(-1), { timeout: 10_000 }).toBe(rounds)
  const got = ids(text, 'a')
  expect(got).toEqual([...new Set(got)].sort((x, y) => x - y))
  expect(got.length).toBeLessThan(rounds)
  for (const { client } of [...frozen, reader]) client.destroy()
  set.hub.stop()
})

test('a replay larger than any buffer arrives whole and in order, with what came meanwhile', async () => {
  const set = setUp()
  for (let n = 1; n <= 300; n++) set.hub.receive([update('a', n)])
  await expect.poll(() => set.rings.get('a')!.newest()?.timestamp).toBe(300)
  const { client, viewer } = await connection()
  set.hub.subscribe(viewer, ['a'], () => 0)
  expect(viewer.socket.writableLength).toBeLessThan(150_000)
  let text = ''
  client.on('data', chunk => {
    text += chunk
  })
  for (let n = 301; n <= 340; n++) {
    set.hub.receive([update('a', n)])
    await pause(12)
  }
  client.resume()
  await expect.poll(() => ids(text, 'a').at(-1), { timeout: 20_000 }).toBe(340)
  expect(ids(text, 'a')).toEqual(Array.from({ length: 340 }, (_, i) => i + 1))
  client.destroy()
  set.hub.stop()
})

test('one that stays stuck is closed', async () => {
  const set = setUp(500)
  const { client, viewer } = await connection()
  set.hub.subscribe(viewer, ['a'], () => undefined)
  for (let n = 1; !viewer.socket.destroyed; n++) {
    set.hub.receive([update('a', n)])
    await pause(12)
  }
  expect((await set.telemetry.stuck.get()).values[0]?.value).toBe(1)
  client.destroy()
  set.hub.stop()
})
