import { expect, it } from 'vitest'
import { spanAt } from '../testing.js'
import { slaRelaxed } from './sla-relaxed.js'
import { lintFrom } from './testing.js'

it.each([
  ['tier', { tier: 3, refreshMs: 300_000 }, /tier 2 → 3, refresh 5s → 5m$/],
  ['refresh', { refreshMs: 10_000 }, /refresh 5s → 10s$/],
  ['sla.latency', { sla: { latencyMs: 20_000, queryMs: 100, lagMs: 30_000 } }, /sla\.latency 10s → 20s$/],
  ['sla.query', { sla: { latencyMs: 10_000, queryMs: 200, lagMs: 30_000 } }, /sla\.query 100ms → 200ms$/],
  ['sla.lag', { sla: { latencyMs: 10_000, queryMs: 100, lagMs: 60_000 } }, /sla\.lag 30s → 1m$/],
] as const)('finds a worse %s where it is written', (key, metric, message) => {
  expect(lintFrom(slaRelaxed, {}, { metric: { ...metric, spans: { [key]: spanAt(33) } } })).toMatchObject([
    { message: expect.stringMatching(message), span: { line: 33 } },
  ])
})

it('finds a longer cache of a polled metric only', () => {
  const cached = (deliver: 'poll' | 'sse', cacheMs: number) => ({ metric: { deliver, cacheMs } })
  expect(lintFrom(slaRelaxed, cached('poll', 5000), cached('poll', 60_000))).toHaveLength(1)
  expect(lintFrom(slaRelaxed, cached('sse', 5000), cached('sse', 60_000))).toEqual([])
})

it('lets better promises be', () => {
  expect(lintFrom(slaRelaxed, {}, { metric: { tier: 1, refreshMs: 250 } })).toEqual([])
})
