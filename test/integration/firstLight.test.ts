import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

// What a newcomer sees: one command, and five metrics move in two browsers.

const root = fileURLToPath(new URL('../..', import.meta.url))
const artifacts = join(root, 'artifacts')
const METRICS = ['requests_per_second', 'error_rate_5min', 'revenue_today', 'daily_active_users', 'p99_latency_1h']
const patience = { timeout: 60_000, interval: 250 }

let dir: string
let dev: ChildProcess
let url = ''
let told = ''
let browser: Browser

beforeAll(async () => {
  mkdirSync(artifacts, { recursive: true })
  dir = mkdtempSync(join(tmpdir(), 'rtdash-first-'))
  cpSync(join(root, 'examples/storefront/metrics.yaml'), join(dir, 'metrics.yaml'))
  dev = spawn(process.execPath, [join(root, 'bin/run.js'), 'dev', '--sample', '--port', '0'], { cwd: dir })
  dev.stderr?.on('data', (chunk: Buffer) => {
    told += chunk.toString()
  })
  dev.stdout?.on('data', (chunk: Buffer) => {
    url ||= /http:\S+/.exec(chunk.toString())?.[0] ?? ''
  })
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  })
})
afterAll(async () => {
  await browser?.close()
  if (dev && dev.exitCode === null && dev.signalCode === null) {
    dev.kill('SIGINT')
    await once(dev, 'exit')
  }
  rmSync(dir, { recursive: true, force: true })
})

type Shown = Record<string, { value: string; timestamp: number }>

/** What a page shows now, by metric. */
const shown = (page: Page): Promise<Shown> =>
  page.evaluate<Shown>(`Object.fromEntries([...document.querySelectorAll('[data-metric]')].map(card => {
    const { value = '', timestamp = 0 } = card.querySelector('[data-value]')?.dataset ?? {}
    return [card.dataset.metric, { value, timestamp: Number(timestamp) }]
  }))`)

async function open(size: { width: number; height: number }): Promise<Page> {
  const page = await browser.newPage({ viewport: size })
  await page.goto(url)
  return page
}

describe.sequential('first light', () => {
  let pages: Page[]

  it('moves all five metrics in a browser', { timeout: 180_000 }, async () => {
    await expect.poll(() => url, patience).not.toBe('')
    pages = [await open({ width: 1440, height: 900 }), await open({ width: 390, height: 844 })]
    await expect.poll(async () => Object.keys(await shown(pages[0]!)).sort(), patience).toEqual([...METRICS].sort())
    const seen = new Map(METRICS.map(metric => [metric, new Set<string>()]))
    const moved = async () => {
      for (const [metric, { value }] of Object.entries(await shown(pages[0]!))) seen.get(metric)?.add(value)
      return METRICS.filter(metric => seen.get(metric)!.size < 2)
    }
    await expect.poll(moved, { timeout: 90_000, interval: 250 }).toEqual([])
    await pages[0]!.screenshot({ path: join(artifacts, 'dashboard.png') })
    await pages[1]!.screenshot({ path: join(artifacts, 'dashboard-phone.png'), fullPage: true })
  })

  it('shows two browsers the same', async () => {
    const history: [Shown, Shown][] = []
    for (let i = 0; i < 40; i++) {
      const [a, b] = await Promise.all([shown(pages[0]!), shown(pages[1]!)])
      history.push([a, b])
      await new Promise(resolve => setTimeout(resolve, 100))
    }
    for (const metric of METRICS) {
      // What one shows, the other shows for the same instant; and neither is left behind.
      const values = new Map<number, string>()
      for (const pair of history)
        for (const { [metric]: at } of pair) {
          expect(`${metric} ${at!.timestamp} ${values.get(at!.timestamp) ?? at!.value}`).toBe(
            `${metric} ${at!.timestamp} ${at!.value}`,
          )
          values.set(at!.timestamp, at!.value)
        }
    }
    await expect
      .poll(
        async () => {
          const [a, b] = await Promise.all([shown(pages[0]!), shown(pages[1]!)])
          return METRICS.every(metric => Math.abs(a[metric]!.timestamp - b[metric]!.timestamp) <= 1000)
        },
        { timeout: 10_000, interval: 50 },
      )
      .toBe(true)
  })

  it('follows the file', { timeout: 180_000 }, async () => {
    const file = join(dir, 'metrics.yaml')
    const text = readFileSync(file, 'utf8')
    const orders = `orders_1m: { tier: 2, measure: count(), where: "event_type = 'purchase'", window: 1m, refresh: 1s }`
    const card = () => shown(pages[0]!).then(cards => Number(cards.orders_1m?.value ?? 0))
    writeFileSync(file, text.replace('\nmetrics:\n', `\nmetrics:\n  ${orders}\n`))
    await expect.poll(card, patience).toBeGreaterThan(0)
    writeFileSync(file, text.replace('measure: sum(value)', 'measure: sum(valu)'))
    await expect.poll(() => told, patience).toContain('did you mean "value"?')
    expect(await card()).toBeGreaterThan(0)
    writeFileSync(file, text)
    await expect.poll(async () => Object.keys(await shown(pages[0]!)).includes('orders_1m'), patience).toBe(false)
  })

  it("serves the browser's own EventSource", async () => {
    const page = await open({ width: 800, height: 600 })
    const update = await page.evaluate<unknown>(`new Promise((resolve, reject) => {
      const source = new EventSource('/events?metric=requests_per_second')
      source.onmessage = event => resolve(JSON.parse(event.data))
      setTimeout(() => reject(new Error('no event')), 20000)
    })`)
    expect(update).toMatchObject({
      metric: 'requests_per_second',
      value: expect.any(Number),
      timestamp: expect.any(Number),
    })
    await page.close()
  })

  it("serves the design document's React hook", async () => {
    const page = await browser.newPage()
    await page.goto(`${url}/healthz`)
    await page.setContent('<div id="root"></div>')
    await page.addScriptTag({ content: await designDocumentHook(url) })
    await expect
      .poll(
        () => page.evaluate<number>("Number(document.querySelector('#root')?.getAttribute('data-length') ?? 0)"),
        patience,
      )
      .toBeGreaterThan(3)
    const latest = JSON.parse((await page.textContent('#root pre')) ?? '{}')
    expect(latest).toMatchObject({ metric: 'requests_per_second', timestamp: expect.any(Number) })
    expect(latest).toHaveProperty('value')
    await page.close()
  })

  it('ends at Ctrl-C', async () => {
    dev.kill('SIGINT')
    expect((await once(dev, 'exit'))[0]).toBe(130)
  })
})

/** The hook of the design document's step 5, word for word but for its address, in a page of its own. */
async function designDocumentHook(service: string): Promise<string> {
  const source = mkdtempSync(join(tmpdir(), 'rtdash-hook-'))
  writeFileSync(
    join(source, 'main.js'),
    `import React from 'react'
import { createRoot } from 'react-dom/client'
function useRealtimeMetric(metricKey) {
    const [data, setData] = React.useState([]);
    React.useEffect(() => {
        const ws = new WebSocket('${service.replace('http', 'ws')}/ws');
        ws.onopen = () => ws.send(JSON.stringify({ action: 'subscribe', metric: metricKey }));
        ws.onmessage = (e) => {
            const update = JSON.parse(e.data);
            setData(prev => [...prev, update].slice(-300));
        };
        ws.onclose = () => setTimeout(() => {/* reconnect with backoff */}, 2000);
        return () => ws.close();
    }, [metricKey]);
    return data;
}
function Shown() {
    const data = useRealtimeMetric('requests_per_second');
    document.querySelector('#root').setAttribute('data-length', String(data.length));
    return React.createElement('pre', null, JSON.stringify(data.at(-1) ?? null));
}
createRoot(document.querySelector('#root')).render(React.createElement(Shown));
`,
  )
  const output = await build({
    root: source,
    logLevel: 'silent',
    configFile: false,
    resolve: { alias: { react: join(root, 'node_modules/react'), 'react-dom': join(root, 'node_modules/react-dom') } },
    define: { 'process.env.NODE_ENV': '"production"' },
    build: { write: false, lib: { entry: join(source, 'main.js'), formats: ['iife'], name: 'hook' } },
  })
  rmSync(source, { recursive: true })
  const [first] = Array.isArray(output) ? output : [output]
  if (!first || !('output' in first)) throw new Error('nothing was built')
  return first.output[0].code
}
