import { describe, expect, it } from 'vitest'
import { lint } from '../testing.js'
import { alertForBelowRefresh } from './alert-for-below-refresh.js'

describe('alert-for-below-refresh', () => {
  it('finds a wait shorter than the refresh', () => {
    expect(lint(alertForBelowRefresh, { alert: { forMs: 2000 } })).toMatchObject([
      {
        code: 'alert-for-below-refresh',
        message: expect.stringContaining('for 2s is shorter than the refresh of purchases, 5s'),
      },
    ])
  })

  it('lets no wait at all be', () => {
    expect(lint(alertForBelowRefresh, { alert: { forMs: 0 } })).toEqual([])
  })

  it('lets two minutes be', () => {
    expect(lint(alertForBelowRefresh)).toEqual([])
  })
})
