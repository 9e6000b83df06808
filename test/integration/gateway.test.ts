import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { freePorts } from '../stack/ports.js'
import { type EngineProcess, startProcess } from '../stack/process.js'
import { compiledExamples } from '../support/examples.js'
import { startWholeStack, type WholeStack } from './wholeStack.js'

// The compiled nginx.conf in a running nginx, before a running service: only the address and the port are others.

let stack: WholeStack
let url: string
let nginx: EngineProcess

beforeAll(async () => {
  const examples = await compiledExamples()
  stack = await startWholeStack(examples.find(({ name }) => name === 'storefront/local')!.compiled)
  const [port] = await freePorts(1)
  url = `http://127.0.0.1:${port}`
  const built = new URL('../../examples/storefront/build/prod/compose/nginx.conf', import.meta.url)
  const conf = readFileSync(fileURLToPath(built), 'utf8')
    .replace('http://push:8080', stack.url)
    .replace('listen 8080', `listen 127.0.0.1:${port}`)
    .replace('worker_processes auto', 'worker_processes 1')
  const file = join(stack.ch.dir, 'nginx.conf')
  writeFileSync(file, conf)
  nginx = await startProcess({
    name: 'nginx',
    command: 'nginx',
    args: ['-p', stack.ch.dir, '-c', file, '-g', `daemon off; pid ${join(stack.ch.dir, 'nginx.pid')};`],
    // Where Debian has it.
    env: { PATH: `${process.env.PATH}:/usr/sbin` },
    log: join(stack.ch.dir, 'nginx.log'),
    ready: async () => (await fetch(`${url}/healthz`)).ok,
  })
})
afterAll(async () => {
  await nginx?.stop()
  await stack?.stop()
})

it('lets events in, however large the body', async () => {
  const events = Array.from({ length: 40_000 }, (_, index) =>
    JSON.stringify({ event_id: index + 1, event_type: 'request', user_id: 1, value: 1, ts: Date.now(), region: 'eu' }),
  )
  const body = events.join('\n')
  expect(body.length).toBeGreaterThan(2_000_000)
  const response = await fetch(`${url}/ingest/events`, { method: 'POST', body })
  expect(response.status).toBe(202)
  expect(await response.json()).toMatchObject({ accepted: 40_000, rejected: 0 })
})

it('carries updates over a WebSocket', async () => {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`)
  await once(socket, 'open')
  socket.send(JSON.stringify({ action: 'subscribe', metric: 'requests_per_second' }))
  const [data] = await once(socket, 'message')
  expect(JSON.parse(String(data))).toMatchObject({ metric: 'requests_per_second', timestamp: expect.any(Number) })
  socket.terminate()
})

it('carries server-sent events as they come, without keeping them back', async () => {
  const abort = new AbortController()
  const response = await fetch(`${url}/events?metric=requests_per_second`, { signal: abort.signal })
  expect(response.headers.get('content-type')).toContain('text/event-stream')
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of response.body!) {
    text += decoder.decode(chunk as Uint8Array, { stream: true })
    if (text.match(/^data: /gm)?.length === 3) break
  }
  abort.abort()
})

it('serves the page and the API, and keeps the figures for Prometheus to itself', async () => {
  const catalogue = await fetch(`${url}/api/metrics`)
  expect(catalogue.status).toBe(200)
  expect(JSON.stringify(await catalogue.json())).toContain('revenue_today')
  expect((await fetch(`${url}/metrics`)).status).toBe(404)
  expect((await fetch(`${stack.url}/metrics`)).status).toBe(200)
})

it('holds back a client that asks too often', async () => {
  const ask = async () => {
    const { status, body } = await fetch(`${url}/api/metrics`)
    await body?.cancel()
    return status
  }
  const statuses = new Set<number>()
  while (!statuses.has(429))
    for (const status of await Promise.all(Array.from({ length: 400 }, ask))) statuses.add(status)
  expect(statuses).toEqual(new Set([200, 429]))
})
