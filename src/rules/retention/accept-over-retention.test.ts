import { describe, expect, it } from 'vitest'
import { lint } from '../testing.js'
import { acceptOverRetention } from './accept-over-retention.js'

describe('accept-over-retention', () => {
  it('finds events that rollups would delete', () => {
    expect(
      lint(acceptOverRetention, { source: { retention: { topicMs: null, rawMs: null, rollupMs: 86_400_000 } } }),
    ).toMatchObject([
      { code: 'accept-over-retention', message: expect.stringContaining('up to 7d old, but keeps rollup for 1d') },
    ])
  })

  it('finds events of any age where something is deleted', () => {
    expect(
      lint(acceptOverRetention, {
        source: {
          accept: { olderMs: null, newerMs: 0 },
          retention: { topicMs: null, rawMs: 86_400_000, rollupMs: null },
        },
      }),
    ).toMatchObject([
      { code: 'accept-over-retention', message: expect.stringContaining('of any age, but keeps raw for 1d') },
    ])
  })

  it('lets any age be where all is kept', () => {
    expect(
      lint(acceptOverRetention, {
        source: { accept: { olderMs: null, newerMs: 0 }, retention: { topicMs: null, rawMs: null, rollupMs: null } },
      }),
    ).toEqual([])
  })
})
