import { describe, expect, it } from 'vitest'
import { fullTarget, lint } from '../testing.js'
import { flinkWithoutKafka } from './flink-without-kafka.js'

describe('flink-without-kafka', () => {
  it('finds Flink with nothing to read', () => {
    expect(
      lint(flinkWithoutKafka, {
        target: {
          name: 'prod',
          clickhouse: fullTarget.clickhouse,
          flink: { gateway: { template: 'http://flink:8083' } },
        },
      }),
    ).toMatchObject([
      { code: 'flink-without-kafka', message: expect.stringContaining('target prod has Flink and no Kafka') },
    ])
  })

  it('lets both together be', () => {
    expect(lint(flinkWithoutKafka, { target: fullTarget })).toEqual([])
  })

  it('lets neither be', () => {
    expect(lint(flinkWithoutKafka)).toEqual([])
  })
})
