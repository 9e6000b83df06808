import { describe, expect, it } from 'vitest'
import { fullTarget, lint, tier1 } from '../testing.js'
import { slaUnreachable } from './sla-unreachable.js'

describe('sla-unreachable', () => {
  it('shows the sum of refresh and settle time', () => {
    expect(lint(slaUnreachable, { metric: { sla: { latencyMs: 3000, queryMs: 100, lagMs: 30_000 } } })).toMatchObject([
      {
        code: 'sla-unreachable',
        message: expect.stringContaining('sla.latency 3s cannot be met: refresh 5s + settle time 1s = 6s'),
      },
    ])
  })

  it('takes the lateness where Flink waits for it', () => {
    expect(lint(slaUnreachable, { metric: tier1, source: { latenessMs: 2000 }, target: fullTarget })).toMatchObject([
      { code: 'sla-unreachable', message: expect.stringContaining('refresh 250ms + lateness 2s = 2250ms') },
    ])
  })

  it('takes the cache of a polled metric', () => {
    expect(lint(slaUnreachable, { metric: { deliver: 'poll', cacheMs: 60_000 } })).toMatchObject([
      { code: 'sla-unreachable', message: expect.stringContaining('cache 1m + settle time 1s = 61s') },
    ])
  })

  it('lets a promise that holds be', () => {
    expect(lint(slaUnreachable, { metric: { sla: { latencyMs: 6000, queryMs: 100, lagMs: 30_000 } } })).toEqual([])
  })
})
