import { describe, expect, it } from 'vitest'
import { lint } from '../testing.js'
import { noCommonBucket } from './no-common-bucket.js'

describe('no-common-bucket', () => {
  it('finds a refresh in odd milliseconds', () => {
    expect(lint(noCommonBucket, { metric: { refreshMs: 1333 } })).toMatchObject([
      {
        code: 'no-common-bucket',
        message: expect.stringContaining('refresh 1333ms and 15m: it would have to read raw events'),
      },
    ])
  })

  it('finds a window in odd milliseconds', () => {
    expect(lint(noCommonBucket, { metric: { window: { kind: 'trailing', ms: 10_033 } } })).toMatchObject([
      { code: 'no-common-bucket', message: expect.stringContaining('window 10033ms') },
    ])
  })

  it('lets 7s within 15m be: a bucket of 1s divides both', () => {
    expect(lint(noCommonBucket, { metric: { refreshMs: 7000, window: { kind: 'trailing', ms: 900_000 } } })).toEqual([])
  })

  it('lets a refresh of hours in a calendar window be', () => {
    expect(
      lint(noCommonBucket, { metric: { tier: 3, refreshMs: 7_200_000, window: { kind: 'calendar', unit: 'day' } } }),
    ).toEqual([])
  })
})
