import { expect, test } from 'vitest'
import { humanise, readCatalogue } from './catalogue.js'

test('a name alone is enough: the rest has the defaults of the language', () => {
  const { metrics, project, timezone } = readCatalogue({ metrics: [{ name: 'p99_latency' }] })
  expect([project, timezone]).toEqual(['dashboard', 'UTC'])
  expect(metrics[0]).toMatchObject({
    title: 'P99 latency',
    tier: 2,
    deliver: 'ws',
    refreshMs: 5_000,
    latencyMs: 10_000,
    by: [],
  })
})

test('a full entry is read as it is', () => {
  const latest = { metric: 'a', value: 1, timestamp: 5 }
  const entry = {
    name: 'a',
    title: 'A',
    tier: 3,
    deliver: 'poll',
    by: ['x'],
    refresh_ms: 60_000,
    cache_ms: 30_000,
    unit: 'EUR',
    latest,
  }
  expect(readCatalogue({ project: 'shop', timezone: 'Europe/Berlin', metrics: [entry] })).toMatchObject({
    title: 'Shop',
    timezone: 'Europe/Berlin',
    metrics: [{ title: 'A', tier: 3, deliver: 'poll', by: ['x'], refreshMs: 60_000, latencyMs: 100_000, latest }],
  })
})

test.each([null, 'x', { metrics: 'x' }, { metrics: [null, {}] }])('nonsense is an empty catalogue: %j', body => {
  expect(readCatalogue(body).metrics).toEqual([])
})

test('an unknown zone becomes UTC', () => {
  expect(readCatalogue({ timezone: 'Mars/Olympus' }).timezone).toBe('UTC')
})

test('names become titles', () => {
  expect(humanise('error_rate_5min')).toBe('Error rate 5min')
})
