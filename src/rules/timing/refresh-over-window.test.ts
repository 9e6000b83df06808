import { describe, expect, it } from 'vitest'
import { lint } from '../testing.js'
import { refreshOverWindow } from './refresh-over-window.js'

describe('refresh-over-window', () => {
  it('finds a window that ends before the next refresh', () => {
    expect(
      lint(refreshOverWindow, { metric: { window: { kind: 'trailing', ms: 1000 }, refreshMs: 5000 } }),
    ).toMatchObject([
      { code: 'refresh-over-window', message: expect.stringContaining('refresh 5s is longer than the window of 1s') },
    ])
  })

  it('finds a calendar hour refreshed every two', () => {
    expect(
      lint(refreshOverWindow, {
        metric: { tier: 3, window: { kind: 'calendar', unit: 'hour' }, refreshMs: 7_200_000 },
      }),
    ).toMatchObject([{ code: 'refresh-over-window', message: expect.stringContaining('window of hour') }])
  })

  it('lets windows without a gap be', () => {
    expect(lint(refreshOverWindow, { metric: { window: { kind: 'trailing', ms: 5000 }, refreshMs: 5000 } })).toEqual([])
  })
})
