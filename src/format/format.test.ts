import { describe, expect, it } from 'vitest'
import type { Change, Plan } from '../model/plan.js'
import { planDocument, planMarkdown, planText, summaryText } from './plan.js'
import { bytes, duration } from './quantity.js'
import { createStyle } from './style.js'
import { table } from './table.js'

const change = (parts: Partial<Change>): Change => ({
  id: 'clickhouse.table/events',
  kind: 'clickhouse.table',
  action: 'create',
  risk: 'safe',
  reason: 'new table',
  steps: [{ run: 'sql', title: 'create events', sql: 'CREATE TABLE a\n(b UInt8)' }],
  dependsOn: [],
  ...parts,
})

const plan: Plan = {
  target: 'local',
  fingerprint: 'f',
  unused: ['rollup_old'],
  changes: [
    change({}),
    change({
      id: 'clickhouse.table/old',
      action: 'delete',
      risk: 'destructive',
      reason: 'its source | is gone',
      impact: { rows: 1_200, bytes: 2_500_000 },
    }),
  ],
}

describe('a plan', () => {
  it('as text names risk, reason and what it touches', () => {
    expect(planText(plan, createStyle(false), { statements: false }).split('\n')).toEqual([
      '+ clickhouse.table/events',
      '    new table',
      '- clickhouse.table/old  destructive  1,200 rows, 2.5 MB',
      '    its source | is gone',
      '',
      'local: 1 to create, 1 to delete',
      'no longer asked for, holding data, kept: rollup_old',
    ])
  })

  it('shows every line of the statements when asked', () => {
    expect(planText(plan, createStyle(false), { statements: true })).toContain(
      '      CREATE TABLE a\n      (b UInt8)\n',
    )
  })

  it('as Markdown keeps a cell a cell', () => {
    expect(planMarkdown(plan, 'Plan')).toContain('| **destructive** | its source \\| is gone | 1,200 rows, 2.5 MB |')
    expect(planMarkdown({ ...plan, changes: [] }, 'Plan')).toBe('### Plan\n\nNo changes.\n')
  })

  it('as a document leaves the steps out', () => {
    expect(planDocument(plan)).toMatchObject({ empty: false, summary: { create: 1, update: 0, replace: 0, delete: 1 } })
    expect(planDocument(plan).changes[0]).not.toHaveProperty('steps')
  })

  it('without changes says so', () => expect(summaryText([])).toBe('no changes'))
})

it('aligns columns by what is seen', () => {
  const { red } = createStyle(true)
  const rows = [
    ['a', red('10')],
    ['long', '7'],
  ]
  expect(table(rows, { right: [1] })).toBe(`a     ${red('10')}\nlong   7`)
})

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1500, '1.5 kB'],
  [123_456_789, '123 MB'],
])('says %d bytes', (size, text) => expect(bytes(size)).toBe(text))

it.each([
  [12, '12 ms'],
  [1500, '1.5 s'],
  [61_000, '61 s'],
  [600_000, '10 min'],
  [7_200_000, '2 h'],
])('says %d ms', (ms, text) => expect(duration(ms)).toBe(text))
