import { describe, expect, it } from 'vitest'
import { lint } from '../testing.js'
import { cacheOverRefresh } from './cache-over-refresh.js'

describe('cache-over-refresh', () => {
  it('finds a cache that hides newer values', () => {
    expect(lint(cacheOverRefresh, { metric: { deliver: 'poll', cacheMs: 60_000 } })).toMatchObject([
      { code: 'cache-over-refresh', message: expect.stringContaining('cache 1m outlives the refresh of 5s') },
    ])
  })

  it('lets a cache of one refresh be', () => {
    expect(lint(cacheOverRefresh, { metric: { deliver: 'poll', cacheMs: 5000 } })).toEqual([])
  })

  it('lets pushed metrics be', () => {
    expect(lint(cacheOverRefresh, { metric: { cacheMs: 60_000 } })).toEqual([])
  })
})
