import { expect, it } from 'vitest'
import { alertWithoutMetric } from './alert-without-metric.js'
import { lintFrom } from './testing.js'

const renamed = { metric: { name: 'sales' } }

it('finds an alert that went with its metric', () => {
  expect(lintFrom(alertWithoutMetric, {}, { ...renamed, model: { alerts: [] } })).toMatchObject([
    { message: 'alert many_purchases has lost its metric purchases and goes with it', span: { line: 1 } },
  ])
})

it('finds one that watches another metric instead', () => {
  expect(lintFrom(alertWithoutMetric, {}, { ...renamed, alert: { metric: 'sales' } })).toMatchObject([
    { message: expect.stringContaining('watches sales instead'), span: { line: 40 } },
  ])
})

it('lets an alert be whose metric stays', () => {
  expect(lintFrom(alertWithoutMetric, {}, {})).toEqual([])
})
