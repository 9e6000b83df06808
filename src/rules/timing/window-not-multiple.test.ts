import { describe, expect, it } from 'vitest'
import { fullTarget, lint, tier1 } from '../testing.js'
import { windowNotMultiple } from './window-not-multiple.js'

describe('window-not-multiple', () => {
  it('finds a window of three refreshes and a third on Flink', () => {
    expect(lint(windowNotMultiple, { metric: { ...tier1, refreshMs: 300 }, target: fullTarget })).toMatchObject([
      { code: 'window-not-multiple', message: expect.stringContaining('1s is 3.33 × 300ms') },
    ])
  })

  it('lets whole numbers of refreshes be', () => {
    expect(lint(windowNotMultiple, { metric: tier1, target: fullTarget })).toEqual([])
  })

  it('lets rollups do it without Flink', () => {
    expect(lint(windowNotMultiple, { metric: { ...tier1, refreshMs: 300 } })).toEqual([])
  })
})
