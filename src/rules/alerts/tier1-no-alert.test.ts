import { describe, expect, it } from 'vitest'
import { lint, tier1 } from '../testing.js'
import { tier1NoAlert } from './tier1-no-alert.js'

describe('tier1-no-alert', () => {
  it('finds a tier 1 metric without alert', () => {
    expect(lint(tier1NoAlert, { metric: tier1, alert: { metric: 'another' } })).toMatchObject([
      { code: 'tier1-no-alert', message: expect.stringContaining('tier 1 and no alert') },
    ])
  })

  it('lets one with an alert be', () => {
    expect(lint(tier1NoAlert, { metric: tier1 })).toEqual([])
  })

  it('lets other tiers be', () => {
    expect(lint(tier1NoAlert, { alert: { metric: 'another' } })).toEqual([])
  })
})
