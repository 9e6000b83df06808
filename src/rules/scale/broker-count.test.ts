import { describe, expect, it } from 'vitest'
import { fullTarget, lint } from '../testing.js'
import { brokerCount } from './broker-count.js'

describe('broker-count', () => {
  it('finds two brokers for a large stream', () => {
    expect(
      lint(brokerCount, {
        source: { eventsPerSecond: 50_000 },
        target: { ...fullTarget, kafka: { brokers: { template: 'kafka:9092' }, brokerCount: 2 } },
      }),
    ).toMatchObject([
      { code: 'broker-count', message: expect.stringContaining('on 2 brokers in target prod; it takes 3') },
    ])
  })

  it('finds five brokers for a huge one', () => {
    expect(
      lint(brokerCount, {
        source: { eventsPerSecond: 2_000_000 },
        target: { ...fullTarget, kafka: { brokers: { template: 'kafka:9092' }, brokerCount: 5 } },
      }),
    ).toMatchObject([{ code: 'broker-count', message: expect.stringContaining('it takes 6') }])
  })

  it('says nothing where the number is not known', () => {
    expect(
      lint(brokerCount, {
        source: { eventsPerSecond: 2_000_000 },
        target: { ...fullTarget, kafka: { brokers: { template: 'kafka:9092' } } },
      }),
    ).toEqual([])
  })

  it('lets enough brokers be', () => {
    expect(lint(brokerCount, { source: { eventsPerSecond: 50_000 }, target: fullTarget })).toEqual([])
  })
})
