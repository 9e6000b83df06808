import { describe, expect, it } from 'vitest'
import { lint, modelWith, sourceWith } from '../testing.js'
import { unusedSource } from './unused-source.js'

describe('unused-source', () => {
  it('finds a source that no metric reads', () => {
    expect(
      lint(unusedSource, { model: { sources: [...modelWith().sources, sourceWith({ name: 'clicks' })] } }),
    ).toMatchObject([{ code: 'unused-source', message: expect.stringContaining('source clicks: no metric reads it') }])
  })

  it('lets one with a metric be', () => {
    expect(lint(unusedSource)).toEqual([])
  })
})
