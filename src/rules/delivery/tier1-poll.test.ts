import { describe, expect, it } from 'vitest'
import { lint, tier1 } from '../testing.js'
import { tier1Poll } from './tier1-poll.js'

describe('tier1-poll', () => {
  it('finds polling for a quarter of a second', () => {
    expect(lint(tier1Poll, { metric: { ...tier1, deliver: 'poll' } })).toMatchObject([
      { code: 'tier1-poll', message: expect.stringContaining('1,000 viewers make 4,000 requests/s') },
    ])
  })

  it('lets WebSocket be', () => {
    expect(lint(tier1Poll, { metric: tier1 })).toEqual([])
  })

  it('lets slower metrics be polled', () => {
    expect(lint(tier1Poll, { metric: { deliver: 'poll' } })).toEqual([])
  })
})
