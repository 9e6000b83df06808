import { expect, test } from 'vitest'
import type { Action, Change } from '../model/plan.js'
import type { Kind } from '../model/resource.js'
import { inOrder } from './order.js'

const change = (id: string, action: Action = 'delete', dependsOn: readonly string[] = []): Change => ({
  id,
  kind: id.split('/')[0] as Kind,
  action,
  risk: 'safe',
  reason: '',
  steps: [],
  dependsOn,
})

test('deletions go by what stands on what, the ledger after all others, the database last', () => {
  const all = [
    'clickhouse.database/shop',
    'clickhouse.table/_rtdash_history',
    'clickhouse.table/raw_events',
    'kafka.topic/shop.events',
    'clickhouse.rollup/rollup_events_5s',
    'clickhouse.table/_rtdash_config',
    'clickhouse.view/total',
    'flink.job/events',
  ].map(id => change(id))
  expect(inOrder(all).map(({ id }) => id)).toEqual([
    'flink.job/events',
    'clickhouse.table/_rtdash_config',
    'clickhouse.view/total',
    'clickhouse.rollup/rollup_events_5s',
    'clickhouse.table/raw_events',
    'kafka.topic/shop.events',
    'clickhouse.table/_rtdash_history',
    'clickhouse.database/shop',
  ])
})

test('each deletion waits for all that is made, and for the deletions before it', () => {
  const sorted = inOrder([
    change('kafka.topic/shop.updates'),
    change('flink.job/events'),
    change('clickhouse.view/total'),
    change('service.config/shop', 'update', ['clickhouse.view/mean']),
    change('clickhouse.view/mean', 'create'),
  ])
  expect(sorted.map(({ id, dependsOn }) => [id, [...dependsOn].sort()])).toEqual([
    ['clickhouse.view/mean', []],
    ['service.config/shop', ['clickhouse.view/mean']],
    ['flink.job/events', ['clickhouse.view/mean', 'service.config/shop']],
    ['clickhouse.view/total', ['clickhouse.view/mean', 'flink.job/events', 'service.config/shop']],
    ['kafka.topic/shop.updates', ['clickhouse.view/mean', 'clickhouse.view/total', 'service.config/shop']],
  ])
})

test('a column goes after the states that read it, in the same table as another that goes', () => {
  const columns = change('clickhouse.table/a#columns', 'delete', ['clickhouse.rollup/r#unused', 'clickhouse.table/b'])
  const sorted = inOrder([columns, change('clickhouse.table/b'), change('clickhouse.rollup/r#unused')])
  expect(sorted.map(({ id }) => id)).toEqual([
    'clickhouse.rollup/r#unused',
    'clickhouse.table/b',
    'clickhouse.table/a#columns',
  ])
})
