import { describe, expect, it } from 'vitest'
import { compile } from '../compile/compile.js'
import { standingOf, standingOfConfig } from '../rules/change/standing.js'
import { metricWith, modelWith, ofType } from '../rules/testing.js'
import { metricEdits } from './edits.js'

const before = modelWith({
  model: { metrics: [metricWith({}), metricWith({ name: 'old' }), metricWith({ name: 'same' })] },
})
const after = modelWith({
  model: {
    metrics: [
      metricWith({ window: { kind: 'calendar', unit: 'day' }, refreshMs: 10_000, where: ofType('refund'), by: [] }),
      metricWith({ name: 'same' }),
      metricWith({ name: 'fresh' }),
    ],
  },
})

describe('what becomes of the metrics', () => {
  it('is said in the words of the file: gone, changed, new', () => {
    expect(metricEdits(standingOf(before), after)).toEqual([
      { action: 'remove', metric: 'old', what: [] },
      {
        action: 'change',
        metric: 'purchases',
        what: [
          "where event_type = 'purchase' → event_type = 'refund'",
          'by region → nothing',
          'window 5m → day',
          'refresh 5s → 10s',
        ],
      },
      {
        action: 'add',
        metric: 'fresh',
        what: ['sum(value)', "where event_type = 'purchase'", 'by region', 'window 5m', 'refresh 5s'],
      },
    ])
  })

  it('leaves out what the service does not know of the old definition', () => {
    const [, changed] = metricEdits(standingOfConfig(compile(before).service), after)
    expect(changed).toMatchObject({
      metric: 'purchases',
      what: ['by region → nothing', 'window 5m → day', 'refresh 5s → 10s'],
    })
  })

  it('is nothing where nothing changes', () => {
    expect(metricEdits(standingOf(after), after)).toEqual([])
  })
})
