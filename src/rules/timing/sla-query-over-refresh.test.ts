import { describe, expect, it } from 'vitest'
import { lint, tier1 } from '../testing.js'
import { slaQueryOverRefresh } from './sla-query-over-refresh.js'

describe('sla-query-over-refresh', () => {
  it('finds a query slower than its refresh', () => {
    expect(
      lint(slaQueryOverRefresh, { metric: { ...tier1, sla: { latencyMs: 1000, queryMs: 300, lagMs: 30_000 } } }),
    ).toMatchObject([
      {
        code: 'sla-query-over-refresh',
        message: expect.stringContaining('sla.query 300ms lets one query outlast its refresh of 250ms'),
      },
    ])
  })

  it('lets a faster one be', () => {
    expect(lint(slaQueryOverRefresh, { metric: tier1 })).toEqual([])
  })
})
