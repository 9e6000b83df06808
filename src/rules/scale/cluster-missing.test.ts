import { describe, expect, it } from 'vitest'
import { fullTarget, lint } from '../testing.js'
import { clusterMissing } from './cluster-missing.js'

describe('cluster-missing', () => {
  it('finds one node for a large stream', () => {
    expect(
      lint(clusterMissing, {
        source: { eventsPerSecond: 50_000 },
        target: { ...fullTarget, clickhouse: { kind: 'server', url: { template: 'http://clickhouse:8123' } } },
      }),
    ).toMatchObject([
      { code: 'cluster-missing', message: expect.stringContaining('50,000 events/s into a single ClickHouse node') },
    ])
  })

  it('lets a cluster be', () => {
    expect(lint(clusterMissing, { source: { eventsPerSecond: 50_000 }, target: fullTarget })).toEqual([])
  })

  it('lets the embedded one be: it is one machine by nature', () => {
    expect(lint(clusterMissing, { source: { eventsPerSecond: 50_000 } })).toEqual([])
  })
})
