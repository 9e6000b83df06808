import { expect, it } from 'vitest'
import { metricWith, modelWith } from '../testing.js'
import { alertDropped } from './alert-dropped.js'
import { lintFrom } from './testing.js'

it('finds an alert that is gone while its metric stays', () => {
  expect(lintFrom(alertDropped, {}, { model: { alerts: [] } })).toMatchObject([
    { message: 'alert many_purchases no longer watches metric purchases: none is left', span: { line: 30 } },
  ])
})

it('finds one that watches another metric now, and names the alerts that are left', () => {
  const metrics = [metricWith({}), metricWith({ name: 'refunds' })]
  const [alert] = modelWith().alerts
  const alerts = [
    { ...alert!, metric: 'refunds' },
    { ...alert!, name: 'few_purchases' },
  ]
  expect(lintFrom(alertDropped, { model: { metrics } }, { model: { metrics, alerts } })).toMatchObject([
    { message: 'alert many_purchases no longer watches metric purchases but refunds: few_purchases is left' },
  ])
})

it('lets another threshold be', () => {
  expect(lintFrom(alertDropped, {}, { alert: { forMs: 1 } })).toEqual([])
})
