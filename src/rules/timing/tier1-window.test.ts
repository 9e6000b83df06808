import { describe, expect, it } from 'vitest'
import { lint, tier1 } from '../testing.js'
import { tier1Window } from './tier1-window.js'

describe('tier1-window', () => {
  it('finds a sub-second metric over five minutes', () => {
    expect(lint(tier1Window, { metric: { ...tier1, window: { kind: 'trailing', ms: 300_000 } } })).toMatchObject([
      { code: 'tier1-window', message: expect.stringContaining('1,200 refreshes long') },
    ])
  })

  it('finds a calendar window', () => {
    expect(lint(tier1Window, { metric: { ...tier1, window: { kind: 'calendar', unit: 'day' } } })).toMatchObject([
      { code: 'tier1-window', message: expect.stringContaining('window of day') },
    ])
  })

  it('lets a minute be', () => {
    expect(lint(tier1Window, { metric: { ...tier1, window: { kind: 'trailing', ms: 60_000 } } })).toEqual([])
  })

  it('lets other tiers be', () => {
    expect(lint(tier1Window, { metric: { window: { kind: 'trailing', ms: 3_600_000 } } })).toEqual([])
  })
})
