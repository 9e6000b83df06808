import { describe, expect, it } from 'vitest'
import { fullTarget, lint, tier1 } from '../testing.js'
import { latenessOverRefresh } from './lateness-over-refresh.js'

describe('lateness-over-refresh', () => {
  it('finds a watermark behind the refresh', () => {
    expect(lint(latenessOverRefresh, { metric: tier1, source: { latenessMs: 500 }, target: fullTarget })).toMatchObject(
      [
        {
          code: 'lateness-over-refresh',
          message: expect.stringContaining('waits 500ms for late events, longer than the refresh of 250ms'),
        },
      ],
    )
  })

  it('lets the default of 200ms be at any refresh', () => {
    expect(
      lint(latenessOverRefresh, {
        metric: { ...tier1, refreshMs: 100 },
        source: { latenessMs: 200 },
        target: fullTarget,
      }),
    ).toEqual([])
  })

  it('lets it be where no Flink waits', () => {
    expect(lint(latenessOverRefresh, { metric: tier1, source: { latenessMs: 500 } })).toEqual([])
  })
})
