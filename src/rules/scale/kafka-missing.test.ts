import { describe, expect, it } from 'vitest'
import { fullTarget, lint } from '../testing.js'
import { kafkaMissing } from './kafka-missing.js'

describe('kafka-missing', () => {
  it('finds more than 10,000 events/s without Kafka', () => {
    expect(lint(kafkaMissing, { source: { eventsPerSecond: 50_000 } })).toMatchObject([
      { code: 'kafka-missing', message: expect.stringContaining('50,000 events/s and no Kafka in target local') },
    ])
  })

  it('lets 10,000 be', () => {
    expect(lint(kafkaMissing, { source: { eventsPerSecond: 10_000 } })).toEqual([])
  })

  it('lets Kafka take them', () => {
    expect(lint(kafkaMissing, { source: { eventsPerSecond: 50_000 }, target: fullTarget })).toEqual([])
  })
})
