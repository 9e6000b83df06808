import { describe, expect, it } from 'vitest'
import { lint, tier1 } from '../testing.js'
import { refreshAboveTier } from './refresh-above-tier.js'

describe('refresh-above-tier', () => {
  it('finds tier 1 every five seconds', () => {
    expect(lint(refreshAboveTier, { metric: { ...tier1, refreshMs: 5000 } })).toMatchObject([
      { code: 'refresh-above-tier', message: expect.stringContaining('5s is slower than tier 1 is for (up to 1s)') },
    ])
  })

  it('finds tier 2 every five minutes', () => {
    expect(lint(refreshAboveTier, { metric: { refreshMs: 300_000 } })).toMatchObject([
      { code: 'refresh-above-tier', message: expect.stringContaining('5m is slower than tier 2') },
    ])
  })

  it('lets any slowness of tier 3 be', () => {
    expect(lint(refreshAboveTier, { metric: { tier: 3, refreshMs: 86_400_000 } })).toEqual([])
  })
})
