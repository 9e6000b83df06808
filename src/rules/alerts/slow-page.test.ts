import { describe, expect, it } from 'vitest'
import { lint } from '../testing.js'
import { slowPage } from './slow-page.js'

describe('slow-page', () => {
  it('finds a page on a periodic metric', () => {
    expect(
      lint(slowPage, {
        metric: { tier: 3, refreshMs: 300_000, settleMs: 5000 },
        alert: { severity: 'page', forMs: 0 },
      }),
    ).toMatchObject([{ code: 'slow-page', message: expect.stringContaining('tier 3: known after 305s at the latest') }])
  })

  it('lets a ticket be', () => {
    expect(lint(slowPage, { metric: { tier: 3, refreshMs: 300_000 } })).toEqual([])
  })

  it('lets a page on tier 2 be', () => {
    expect(lint(slowPage, { alert: { severity: 'page' } })).toEqual([])
  })
})
