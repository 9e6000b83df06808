import { describe, expect, it } from 'vitest'
import { lint } from '../testing.js'
import { unusedColumn } from './unused-column.js'

describe('unused-column', () => {
  it('finds a column that no metric reads', () => {
    expect(lint(unusedColumn, { metric: { by: [] } })).toMatchObject([
      { code: 'unused-column', message: expect.stringContaining('no metric reads column region') },
    ])
  })

  it('counts timestamp, key and id as used', () => {
    expect(lint(unusedColumn)).toEqual([])
  })

  it('leaves a source without metrics to unused-source', () => {
    expect(lint(unusedColumn, { model: { metrics: [] } })).toEqual([])
  })
})
