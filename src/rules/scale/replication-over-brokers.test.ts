import { describe, expect, it } from 'vitest'
import { fullTarget, lint } from '../testing.js'
import { replicationOverBrokers } from './replication-over-brokers.js'

describe('replication-over-brokers', () => {
  it('finds more copies than brokers', () => {
    expect(
      lint(replicationOverBrokers, {
        target: { ...fullTarget, kafka: { brokers: { template: 'kafka:9092' }, brokerCount: 1 } },
      }),
    ).toMatchObject([
      {
        code: 'replication-over-brokers',
        message: expect.stringContaining('replication 3 needs as many brokers, and target prod has 1'),
      },
    ])
  })

  it('lets as many as brokers be', () => {
    expect(
      lint(replicationOverBrokers, {
        target: { ...fullTarget, kafka: { brokers: { template: 'kafka:9092' }, brokerCount: 3 } },
      }),
    ).toEqual([])
  })
})
