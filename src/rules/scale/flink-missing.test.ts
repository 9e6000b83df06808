import { describe, expect, it } from 'vitest'
import { fullTarget, lint, tier1 } from '../testing.js'
import { flinkMissing } from './flink-missing.js'

describe('flink-missing', () => {
  it('finds tier 1 of a large stream without Flink', () => {
    expect(lint(flinkMissing, { metric: tier1, source: { eventsPerSecond: 50_000 } })).toMatchObject([
      { code: 'flink-missing', message: expect.stringContaining('tier 1 over 50,000 events/s and no Flink') },
    ])
  })

  it('lets small streams be', () => {
    expect(lint(flinkMissing, { metric: tier1 })).toEqual([])
  })

  it('lets Flink do it', () => {
    expect(lint(flinkMissing, { metric: tier1, source: { eventsPerSecond: 50_000 }, target: fullTarget })).toEqual([])
  })
})
