import { describe, expect, it } from 'vitest'
import { fullTarget, lint, tier1 } from '../testing.js'
import { retentionBelowWindow } from './retention-below-window.js'

describe('retention-below-window', () => {
  it('finds rollups deleted within the window', () => {
    expect(
      lint(retentionBelowWindow, { source: { retention: { topicMs: null, rawMs: null, rollupMs: 60_000 } } }),
    ).toMatchObject([
      {
        code: 'retention-below-window',
        message: expect.stringContaining('window of 5m is longer than source events keeps rollup for 1m ('),
      },
    ])
  })

  it('finds raw events deleted within a month, the longest', () => {
    expect(
      lint(retentionBelowWindow, {
        metric: { window: { kind: 'calendar', unit: 'month' } },
        source: { retention: { topicMs: null, rawMs: 30 * 86_400_000, rollupMs: null } },
      }),
    ).toMatchObject([
      {
        code: 'retention-below-window',
        message: expect.stringContaining('window of month is longer than source events keeps raw for 30d ('),
      },
    ])
  })

  it('finds a topic that Flink cannot refill from', () => {
    expect(
      lint(retentionBelowWindow, {
        metric: { ...tier1, window: { kind: 'trailing', ms: 60_000 } },
        source: { retention: { topicMs: 10_000, rawMs: null, rollupMs: null } },
        target: fullTarget,
      }),
    ).toMatchObject([{ code: 'retention-below-window', message: expect.stringContaining('keeps topic for 10s (') }])
  })

  it('tells everything that is too short at once', () => {
    expect(
      lint(retentionBelowWindow, { source: { retention: { topicMs: null, rawMs: 1000, rollupMs: 2000 } } }),
    ).toMatchObject([{ fix: 'keep rollup and raw for at least 5m, or shorten the window' }])
  })

  it('lets a short topic be for metrics of ClickHouse', () => {
    expect(
      lint(retentionBelowWindow, {
        source: { retention: { topicMs: 10_000, rawMs: null, rollupMs: null } },
        target: fullTarget,
      }),
    ).toEqual([])
  })

  it('lets retention as long as the window be', () => {
    expect(
      lint(retentionBelowWindow, { source: { retention: { topicMs: null, rawMs: 300_000, rollupMs: 300_000 } } }),
    ).toEqual([])
  })
})
