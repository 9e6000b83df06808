import { expect, it } from 'vitest'
import { metricWith } from '../testing.js'
import { metricRemoved } from './metric-removed.js'
import { lintFrom } from './testing.js'

it('finds a metric that is gone', () => {
  const other = { model: { metrics: [metricWith({ name: 'refunds', by: [] })], alerts: [] } }
  expect(lintFrom(metricRemoved, {}, other)).toMatchObject([
    { message: 'metric purchases is gone: viewers that ask for it get nothing', span: { line: 1 } },
  ])
})

it('knows a metric under another name', () => {
  const renamed = { metric: { name: 'sales' }, alert: { metric: 'sales' } }
  expect(lintFrom(metricRemoved, {}, renamed)).toMatchObject([
    { message: expect.stringContaining('purchases is now sales'), span: { line: 30 } },
  ])
})

it('lets a new metric be', () => {
  const more = { model: { metrics: [metricWith({}), metricWith({ name: 'sales' })] } }
  expect(lintFrom(metricRemoved, {}, more)).toEqual([])
})
