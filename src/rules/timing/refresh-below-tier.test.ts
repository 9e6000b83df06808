import { describe, expect, it } from 'vitest'
import { lint, tier1 } from '../testing.js'
import { refreshBelowTier } from './refresh-below-tier.js'

describe('refresh-below-tier', () => {
  it('finds tier 1 below 100ms', () => {
    expect(lint(refreshBelowTier, { metric: { ...tier1, refreshMs: 50 } })).toMatchObject([
      { code: 'refresh-below-tier', message: expect.stringContaining('50ms is below the floor of tier 1, 100ms') },
    ])
  })

  it('finds tier 2 below a second', () => {
    expect(lint(refreshBelowTier, { metric: { refreshMs: 500 } })).toMatchObject([
      { code: 'refresh-below-tier', message: expect.stringContaining('500ms is below the floor of tier 2, 1s') },
    ])
  })

  it('finds tier 3 below half a minute', () => {
    expect(lint(refreshBelowTier, { metric: { tier: 3, refreshMs: 10_000 } })).toMatchObject([
      { code: 'refresh-below-tier', message: expect.stringContaining('10s is below the floor of tier 3, 30s') },
    ])
  })

  it('lets the floor itself be', () => {
    expect(lint(refreshBelowTier, { metric: { ...tier1, refreshMs: 100 } })).toEqual([])
  })
})
