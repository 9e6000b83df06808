import { describe, expect, it } from 'vitest'
import { passages, stageTimes } from './arrivals.js'
import type { Received } from './viewers/viewer.js'

const SETTLE = 200
const canary = (sent: number) => ({ sent, acknowledged: sent + 60 })
const carrier = (timestamp: number, sent: number | undefined, published: number, received: number): Received => ({
  received,
  update: {
    metric: 'm',
    value: 1,
    timestamp,
    ...(sent !== undefined && { canary: { sent, ingested: sent + 40, queried: published, published } }),
  },
})
const stored = new Map([
  [1010, 1050],
  [1120, 1160],
  [1300, 1345],
])

describe('the way of canaries', () => {
  it('counts each by the first update at or after it, and splits the time without a rest', () => {
    const updates = [
      carrier(1000, undefined, 1210, 1221),
      carrier(1250, 1120, 1460, 1471),
      carrier(1500, 1300, 1710, 1722),
    ]
    expect(passages([canary(1010), canary(1120), canary(1300)], updates, stored, SETTLE)).toEqual([
      { ingest: 40, view: 400, query: 10, push: 11, total: 461 },
      { ingest: 40, view: 290, query: 10, push: 11, total: 351 },
      { ingest: 45, view: 355, query: 10, push: 12, total: 422 },
    ])
  })

  it('counts what was stored after the refresh was due from its storing', () => {
    const [late] = passages([canary(1010)], [carrier(1020, 1010, 1260, 1270)], new Map([[1010, 1240]]), SETTLE)
    expect(late).toEqual({ ingest: 230, view: 0, query: 20, push: 10, total: 260 })
  })

  it('knows the total where stages are unknown, and never forgets one that did not come out', () => {
    const all = passages([canary(1010), canary(1300)], [carrier(1250, 1120, 1460, 1471)], new Map(), SETTLE)
    expect(all).toEqual([{ total: 461 }, { total: Number.POSITIVE_INFINITY }])
    expect(stageTimes('m', all).at(-1)).toEqual({ metric: 'm', stage: 'total', p50_ms: 461, p99_ms: null })
    expect(stageTimes('m', all)[0]).toEqual({ metric: 'm', stage: 'ingest', p50_ms: null, p99_ms: null })
  })
})
