import { describe, expect, it } from 'vitest'
import { fullTarget, lint } from '../testing.js'
import { partitionLoad } from './partition-load.js'

describe('partition-load', () => {
  it('finds partitions that outrun their reader', () => {
    expect(
      lint(partitionLoad, { source: { eventsPerSecond: 900_000, partitions: 3 }, target: fullTarget }),
    ).toMatchObject([
      { code: 'partition-load', message: expect.stringContaining('3 partitions take 300,000 events/s each') },
    ])
  })

  it('lets enough partitions be', () => {
    expect(lint(partitionLoad, { source: { eventsPerSecond: 900_000, partitions: 9 }, target: fullTarget })).toEqual([])
  })

  it('lets it be where there are no partitions', () => {
    expect(lint(partitionLoad, { source: { eventsPerSecond: 900_000, partitions: 3 } })).toEqual([])
  })
})
