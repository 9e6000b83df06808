import { describe, expect, it } from 'vitest'
import { fullTarget, lint, spanAt } from '../testing.js'
import { redisMissing } from './redis-missing.js'

describe('redis-missing', () => {
  it('finds more than 100 viewers without Redis', () => {
    expect(lint(redisMissing, { model: { viewers: 500 } })).toMatchObject([
      { code: 'redis-missing', message: expect.stringContaining('500 viewers and no Redis in target local') },
    ])
  })

  it('points at the number of viewers where its place is known', () => {
    const spans = { 'expect.viewers': spanAt(4) }
    expect(lint(redisMissing, { model: { viewers: 500, spans } })).toMatchObject([{ span: { line: 4 } }])
  })

  it('lets 100 be', () => {
    expect(lint(redisMissing, { model: { viewers: 100 } })).toEqual([])
  })

  it('lets Redis fan out', () => {
    expect(lint(redisMissing, { model: { viewers: 500 }, target: fullTarget })).toEqual([])
  })
})
