import { expect, it } from 'vitest'
import { columns, modelWith } from '../testing.js'
import { runChangeRules } from './changeRule.js'
import { destructiveChange } from './destructive-change.js'
import { lintFrom, reviewed } from './testing.js'

const region = columns.filter(({ name }) => name === 'region')

it('finds a column that is no longer declared, where its source stands', () => {
  const found = lintFrom(
    destructiveChange,
    // Rows are not sorted by it: a column that they are sorted by stays.
    { metric: { by: [] } },
    { source: { columns: columns.filter(column => !region.includes(column)) }, metric: { by: [] } },
  )
  expect(found).toMatchObject([
    {
      severity: 'error',
      message: 'clickhouse.table/events loses data: column region is no longer declared',
      span: { line: 3 },
      fix: expect.stringContaining('--allow-destructive'),
    },
  ])
})

it('finds a shorter retention, and says what is there', () => {
  const day = 86_400_000
  const retention = { topicMs: 7 * day, rawMs: day, rollupMs: 365 * day }
  const change = reviewed(modelWith(), modelWith({ source: { retention } }))
  const changes = change.changes.map(one => ({ ...one, impact: { rows: 1200, bytes: 2_000_000 } }))
  expect(runChangeRules([destructiveChange], { ...change, changes })[0]?.message).toMatch(
    /shorter retention .* \(1,200 rows, 2\.0 MB\)$/,
  )
})

it('lets a new column be', () => {
  const fewer = { columns: columns.filter(column => !region.includes(column)) }
  expect(lintFrom(destructiveChange, { source: fewer, metric: { by: [] } }, { metric: { by: [] } })).toEqual([])
})
