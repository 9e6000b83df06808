import { describe, expect, it } from 'vitest'
import { fullTarget, lint } from '../testing.js'
import { dedupOverRetention } from './dedup-over-retention.js'

describe('dedup-over-retention', () => {
  it('finds ids remembered for longer than raw events', () => {
    expect(
      lint(dedupOverRetention, {
        source: { dedupMs: 2 * 86_400_000, retention: { topicMs: null, rawMs: 86_400_000, rollupMs: null } },
      }),
    ).toMatchObject([
      {
        code: 'dedup-over-retention',
        message: expect.stringContaining('dedup 2d is longer than raw events are kept, 1d'),
      },
    ])
  })

  it('lets Redis remember them', () => {
    expect(
      lint(dedupOverRetention, {
        source: { dedupMs: 2 * 86_400_000, retention: { topicMs: null, rawMs: 86_400_000, rollupMs: null } },
        target: fullTarget,
      }),
    ).toEqual([])
  })

  it('lets ten minutes be', () => {
    expect(lint(dedupOverRetention)).toEqual([])
  })
})
