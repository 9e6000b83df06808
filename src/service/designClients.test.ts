import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { createInbox } from './testing/clients.js'
import { metrics } from './testing/fixture.js'
import { type Harness, startHarness } from './testing/harness.js'
import type { Update } from './update.js'

/** The client of the design document, letter by letter but for its last line's address and metric. */
const PYTHON_CLIENT = `
import asyncio, json
import websockets  # [email protected]

async def subscribe_metric(ws_url: str, metric: str):
    while True:
        try:
            async with websockets.connect(ws_url) as ws:
                await ws.send(json.dumps({"action": "subscribe", "metric": metric}))
                async for message in ws:
                    update = json.loads(message)
                    print(f"[{update['timestamp']}] {metric}: {update['value']}")
        except websockets.ConnectionClosed:
            print("Connection lost, reconnecting in 2s...")
            await asyncio.sleep(2)
`

let harness: Harness
let stopTraffic: () => Promise<void>
const folder = mkdtempSync(join(tmpdir(), 'rtdash-clients-'))

beforeAll(async () => {
  harness = await startHarness(metrics('shop'))
  stopTraffic = harness.traffic()
})
afterAll(async () => {
  await stopTraffic?.()
  await harness?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** The Python that `npm run setup:tests` prepares, or the machine's own where it has websockets. */
function pythonWithWebsockets(): string | undefined {
  const prepared = fileURLToPath(new URL('../../.venv/bin/python', import.meta.url))
  return [prepared, 'python3'].find(python => {
    try {
      execFileSync(python, ['-c', 'import websockets'], { stdio: 'ignore' })
      return true
    } catch {
      return false
    }
  })
}

test('the Python client prints every update, and lives through a new configuration', async ctx => {
  const python = pythonWithWebsockets()
  if (python === undefined && !process.env.CI) return ctx.skip('no Python with websockets: npm run setup:tests')
  const file = join(folder, 'client.py')
  const url = `${harness.service.url.replace('http', 'ws')}/ws`
  writeFileSync(file, `${PYTHON_CLIENT}\nasyncio.run(subscribe_metric("${url}", "requests"))\n`)
  const lines = createInbox<string>()
  const errors: string[] = []
  const child = spawn(python!, ['-u', file])
  child.stdout.on('data', chunk => String(chunk).split('\n').filter(Boolean).forEach(lines.push))
  child.stderr.on('data', chunk => errors.push(String(chunk)))
  await lines.until(all => all.length >= 8)
  await harness.apply([...metrics('shop')].reverse())
  await lines.until(all => all.some(line => line.endsWith(': None')))
  await lines.until(all => /: \d/.test(all.at(-1)!) && all.length > 14)
  child.kill()
  expect(errors).toEqual([])
  for (const line of lines.all) expect(line).toMatch(/^\[\d{13}\] requests: (\d+|None)$/)
  expect(lines.all.some(line => !line.endsWith(': 0') && !line.endsWith('None'))).toBe(true)
}, 120_000)

test('the hook of the browser keeps three hundred updates', async () => {
  let data: Update[] = []
  const ws = new WebSocket(`${harness.service.url.replace('http', 'ws')}/ws`)
  const metricKey = 'requests'
  ws.onopen = () => ws.send(JSON.stringify({ action: 'subscribe', metric: metricKey }))
  ws.onmessage = e => {
    const update = JSON.parse(String(e.data)) as Update
    data = [...data, update].slice(-300)
  }
  await expect.poll(() => data.length, { timeout: 10_000 }).toBeGreaterThan(8)
  ws.close()
  for (const update of data)
    expect(update).toMatchObject({ metric: 'requests', value: expect.any(Number), timestamp: expect.any(Number) })
})

test('two viewers show the same value of the same instant', async () => {
  const seen = await Promise.all(
    [1, 2].map(async () => {
      const ws = new WebSocket(`${harness.service.url.replace('http', 'ws')}/ws`)
      const updates = new Map<number, number | null>()
      ws.on('open', () => ws.send(JSON.stringify({ action: 'subscribe', metric: 'revenue' })))
      ws.on('message', data => {
        const { timestamp, value } = JSON.parse(String(data)) as Update
        updates.set(timestamp, value)
      })
      await expect.poll(() => updates.size, { timeout: 10_000 }).toBeGreaterThan(4)
      ws.close()
      return updates
    }),
  )
  const shared = [...seen[0]!].filter(([timestamp]) => seen[1]!.has(timestamp))
  expect(shared.length).toBeGreaterThan(2)
  for (const [timestamp, value] of shared) expect(seen[1]!.get(timestamp)).toBe(value)
})

test('an EventSource gets events in the form of the standard', async () => {
  const response = await fetch(`${harness.service.url}/events?metric=requests`)
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  expect(response.headers.get('cache-control')).toContain('no-cache')
  expect(response.headers.get('x-accel-buffering')).toBe('no')
  let text = ''
  for await (const chunk of response.body!) {
    text += Buffer.from(chunk as Uint8Array).toString()
    if (text.split('\n\n').length > 5) break
  }
  const [retry, ...events] = text.split('\n\n').slice(0, -1)
  expect(retry).toMatch(/^retry: [2-4]\d{3}$/)
  for (const event of events) {
    const [id, data, ...rest] = event.split('\n')
    expect(rest).toEqual([])
    expect(JSON.parse(data!.replace(/^data: /, ''))).toMatchObject({
      metric: 'requests',
      timestamp: Number(id!.replace(/^id: /, '')),
    })
  }
})
