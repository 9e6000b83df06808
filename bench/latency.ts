import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { WebSocket } from 'ws'
import { storefront } from './lib/metrics.js'
import { ms, quantile, table } from './lib/print.js'
import { type BenchStack, startStack } from './lib/stack.js'

const SECONDS = 20
const CANARY_EVERY_MS = 47 // no multiple of the refresh: canaries meet it in every phase
const METRIC = 'requests_per_second'

/** From an event at the front door to the first WebSocket update that contains it, while others stream by. */
export async function benchLatency(): Promise<void> {
  const rows: (string | number)[][] = []
  const stack = await startStack(storefront())
  try {
    for (const perSecond of [1000, 10_000, 25_000])
      rows.push([perSecond.toLocaleString('en'), ...(await measure(stack, perSecond))])
  } finally {
    await stack.stop()
  }
  table(
    `Tier 1: event to WebSocket, ${METRIC} (refresh 250 ms, settle 200 ms), ${SECONDS} s each`,
    ['events/s', 'accepted/s', 'p50', 'p99', 'canaries', 'insert p50', 'query p50', 'query p99'],
    rows,
  )
}

async function measure(stack: BenchStack, perSecond: number): Promise<(string | number)[]> {
  const run = fileURLToPath(new URL('../bin/run.js', import.meta.url))
  const load = execa(
    process.execPath,
    [
      run,
      'simulate',
      '--rate',
      String(perSecond),
      '--duration',
      `${SECONDS + 6}s`,
      '-f',
      `${stack.dir}/metrics.yaml`,
      '--json',
    ],
    { reject: false },
  )
  await new Promise(resolve => setTimeout(resolve, 4000))
  const before = await status(stack)
  const latencies = await canaries(stack)
  const after = await status(stack)
  await load
  const accepted = (after.ingest[0]!.accepted - before.ingest[0]!.accepted) / SECONDS
  const query = after.metrics.find(metric => metric.name === METRIC)!.query_ms
  return [
    Math.round(accepted).toLocaleString('en'),
    ms(quantile(latencies, 0.5)),
    ms(quantile(latencies, 0.99)),
    latencies.length,
    ms(after.ingest[0]!.insertMs.p50),
    ms(query.p50),
    ms(query.p99),
  ]
}

interface Status {
  ingest: { accepted: number; insertMs: { p50: number } }[]
  metrics: { name: string; query_ms: { p50: number; p99: number } }[]
}

const status = async (stack: BenchStack): Promise<Status> =>
  (await (await fetch(`${stack.url}/api/status`)).json()) as Status

/** Sends canaries for a while; yields how long each took to its first update, ms. */
async function canaries(stack: BenchStack): Promise<number[]> {
  const waiting: number[] = []
  const latencies: number[] = []
  const socket = new WebSocket(`${stack.url.replace('http', 'ws')}/ws`)
  await new Promise(resolve => socket.once('open', resolve))
  socket.send(JSON.stringify({ action: 'subscribe', metric: METRIC }))
  socket.on('message', data => {
    const now = Date.now()
    const { canary } = JSON.parse(String(data)) as { canary?: { sent: number } }
    if (canary) while (waiting.length > 0 && waiting[0]! <= canary.sent) latencies.push(now - waiting.shift()!)
  })
  const end = Date.now() + SECONDS * 1000
  while (Date.now() < end) {
    const sent = Date.now()
    waiting.push(sent)
    const body = JSON.stringify({
      event_id: sent,
      event_type: 'request',
      user_id: 1,
      value: 1,
      ts: sent,
      region: 'eu-west',
      _canary: sent,
    })
    void fetch(`${stack.url}/ingest/events`, { method: 'POST', body, headers: { 'x-rtdash-canary': '1' } }).then(
      answer => answer.text(),
    )
    await new Promise(resolve => setTimeout(resolve, CANARY_EVERY_MS))
  }
  await new Promise(resolve => setTimeout(resolve, 2000))
  socket.close()
  if (waiting.length > 0) throw new Error(`${waiting.length} canaries never arrived`)
  return latencies.slice(40) // the service looks out for canaries once a second: the first ones only wake it
}
