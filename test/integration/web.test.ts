import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { build } from 'vite'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Fake, startFake } from '../../src/web/dev/fake.js'
import { STOREFRONT } from '../../src/web/dev/storefront.js'
import type { Update } from '../../src/web/lib/protocol.js'

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'
const web = new URL('../../src/web/', import.meta.url).pathname

/** The page and the hook in a real browser, against a server that speaks the protocol. */
describe.skipIf(!existsSync(CHROMIUM) && !process.env.CI)('the page in a browser', () => {
  let folder: string
  let browser: Browser
  let fake: Fake
  let page: Page
  let failures: string[]

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rtdash-web-'))
    const common = { logLevel: 'silent', configFile: join(web, 'vite.config.ts') } as const
    await build({ ...common, build: { outDir: join(folder, 'page') } })
    await build({ ...common, root: join(web, 'dev/hook'), build: { outDir: join(folder, 'hook') } })
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    })
  })
  afterAll(async () => {
    await browser?.close()
    await rm(folder, { recursive: true, force: true })
  })
  beforeEach(async () => {
    fake = await startFake({ metrics: STOREFRONT, page: join(folder, 'page') })
    page = await browser.newPage()
    failures = []
    page.on('pageerror', error => failures.push(error.message))
  })
  afterEach(async () => {
    await page.close()
    await fake.close()
    expect(failures).toEqual([])
  })

  const open = async (address = '') => {
    await page.goto(`${fake.url}${address}`)
    await page.waitForSelector('html[data-ready=true]')
  }
  const value = (metric: string) => page.locator(`[data-metric=${metric}] [data-value]`)
  const timestamp = async (metric: string) => Number(await value(metric).getAttribute('data-timestamp'))
  const later = (metric: string, than: number) =>
    page.waitForFunction(
      `Number(document.querySelector('[data-metric=${metric}] [data-value]').dataset.timestamp) > ${than}`,
    )
  const frames = () =>
    fake.received.map(frame => JSON.parse(frame) as { action: string; metrics: string[]; since?: number })

  test('shows every metric with its kept updates at once, and moves', async () => {
    await open()
    await page.waitForFunction('document.querySelectorAll(\'[data-value]:not([data-value=""])\').length === 5')
    expect(await page.locator('[data-metric]').count()).toBe(5)
    expect(frames()[0]).toMatchObject({ action: 'subscribe', since: 0, batch: true })
    const at = await timestamp('requests_per_second')
    const expected = STOREFRONT[0]!.at(at).value
    await later('requests_per_second', at)
    expect(expected).toBeGreaterThan(0)
    const [raw, time] = await value('requests_per_second').evaluate(
      (element: { dataset: Record<string, string> }) => [element.dataset.value, element.dataset.timestamp] as const,
    )
    expect(Number(raw)).toBe(STOREFRONT[0]!.at(Number(time)).value)
    expect(await page.locator('[data-metric=requests_per_second] [data-series]').count()).toBe(5)
    expect(await page.locator('[data-metric=revenue_today] .reading').textContent()).toContain('€')
  })

  test('reconnects, and resumes each metric where it stopped', async () => {
    let received = 0
    page.once('websocket', socket =>
      socket.on('framereceived', ({ payload }) => {
        const updates = [JSON.parse(String(payload)) as Update | Update[]].flat()
        for (const { metric, timestamp } of updates) if (metric === 'requests_per_second') received = timestamp
      }),
    )
    await open()
    await page.waitForSelector('[data-status=live]')
    // The catalogue is read twice and shows its values: only one that came over the connection can be resumed from.
    for (let step = 0; step < 2; step++) await later('requests_per_second', await timestamp('requests_per_second'))
    fake.drop(true)
    await page.waitForSelector('[data-status=offline]')
    const before = fake.received.length
    fake.drop(false)
    await page.waitForSelector('[data-status=live]', { timeout: 30_000 })
    await later('requests_per_second', received)
    const again = frames().slice(before)
    const resumed = again.find(frame => frame.metrics.includes('requests_per_second'))
    // More than is shown, where drawing takes its time.
    await expect.poll(() => received).toBe(resumed?.since)
    expect(again.flatMap(frame => frame.metrics).sort()).toEqual(STOREFRONT.map(metric => metric.entry.name).sort())
    for (const frame of again) expect(frame.since).toBeGreaterThan(0)
  })

  test('follows a change of the configuration without a reload', async () => {
    fake.setMetrics(STOREFRONT.slice(0, 3))
    await open()
    await page.evaluate('window.notReloaded = true')
    expect(await page.locator('[data-metric]').count()).toBe(3)
    fake.setMetrics([STOREFRONT[0]!, STOREFRONT[4]!])
    await page.waitForFunction(
      "document.querySelector('[data-metric=p99_latency_1h] [data-value]')?.dataset.timestamp > ''",
    )
    await value('revenue_today').waitFor({ state: 'detached' })
    expect(await page.locator('[data-metric]').count()).toBe(2)
    expect(await page.evaluate('window.notReloaded')).toBe(true)
    expect(
      frames()
        .filter(frame => frame.action === 'unsubscribe')
        .flatMap(frame => frame.metrics),
    ).toEqual(['error_rate_5min', 'revenue_today'])
  })

  test('says when values stop coming', async () => {
    await open()
    await page.waitForSelector('[data-metric=requests_per_second] [data-state=fresh]')
    fake.setPaused(true)
    await page.waitForSelector('[data-metric=requests_per_second] [data-state=stale]')
    await page.waitForSelector('[data-overall=stale]')
  })

  test('opens one metric with its history, kept in the address', async () => {
    await open()
    await page.locator('[data-metric=requests_per_second] h2 a').click()
    const asked = page.waitForResponse(response => response.url().includes('/history'))
    await page.getByRole('link', { name: '1h' }).click()
    const url = new URL((await asked).url())
    expect(Number(url.searchParams.get('to')) - Number(url.searchParams.get('from'))).toBe(3_600_000)
    expect(new URL(page.url()).hash).toBe('#requests_per_second/1h')
    await page.reload()
    await page.waitForSelector('main.detail[data-metric=requests_per_second]')
    await page.keyboard.press('Escape')
    await page.waitForSelector('main.wall')
  })

  test('an empty catalogue tells what to do', async () => {
    fake.setMetrics([])
    await page.goto(fake.url)
    await page.getByRole('heading', { name: 'No metrics yet' }).waitFor()
    fake.setMetrics(STOREFRONT)
    await page.waitForSelector('[data-metric=revenue_today]')
  })

  test('a configuration that comes before the first connection is not missed', async () => {
    // The catalogue is read before the change, and the socket opens after it: nothing tells the page of it.
    await page.route(
      '**/api/metrics*',
      route => route.fulfill({ json: { project: 'shop', timezone: 'UTC', metrics: [] } }),
      {
        times: 1,
      },
    )
    await page.goto(fake.url)
    await page.waitForSelector('[data-metric=revenue_today]')
  })

  test('the token of the address goes to the API and to the socket', async () => {
    const socket = page.waitForEvent('websocket')
    const asked = page.waitForRequest(request => request.url().includes('/api/metrics'))
    await open('?token=secret')
    expect(new URL((await asked).url()).searchParams.get('token')).toBe('secret')
    expect(new URL((await socket).url()).searchParams.get('token')).toBe('secret')
  })

  test('the chosen colours outlive a reload, and a phone needs no scrolling to the side', async () => {
    await page.setViewportSize({ width: 390, height: 844 })
    await page.emulateMedia({ colorScheme: 'light' })
    await open()
    expect(await page.locator('html').getAttribute('data-theme')).toBe('light')
    await page.getByRole('button', { name: 'Use dark colours' }).click()
    await page.reload()
    await page.waitForSelector('html[data-theme=dark][data-ready=true]')
    const width = 'Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)'
    expect(await page.evaluate(width)).toBe(390)
    await page.goto(`${fake.url}#requests_per_second/24h`)
    await page.waitForSelector('main.detail')
    expect(await page.evaluate(width)).toBe(390)
  })

  test('the React hook gives other apps the last 300 updates over one connection, and resumes', async () => {
    const app = await startFake({ metrics: STOREFRONT, page: join(folder, 'hook') })
    try {
      let sockets = 0
      page.on('websocket', () => sockets++)
      await page.goto(app.url)
      await page.waitForSelector('#first[data-count="300"][data-ordered=true]')
      await page.waitForSelector('#second[data-count="300"]')
      await page.getByRole('button').click()
      await page.waitForSelector('#other[data-of=p99_latency_1h][data-count="300"]')
      app.drop(true)
      const last = Number(await page.locator('#first').getAttribute('data-last'))
      const socketsBefore = sockets
      app.drop(false)
      await page.waitForFunction(`Number(document.querySelector('#first').dataset.last) > ${last + 1_000}`)
      await page.waitForSelector('#second[data-count="300"][data-ordered=true]')
      expect(socketsBefore).toBeLessThanOrEqual(2)
    } finally {
      await app.close()
    }
  })
})
