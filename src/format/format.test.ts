import { describe, expect, it } from 'vitest'
import type { Change, Plan } from '../model/plan.js'
import { planDocument, planText } from './plan.js'
import { impactText, summaryText } from './planSummary.js'
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
  it('as text names risk, reason and what it touches, the risky first', () => {
    expect(planText(plan, createStyle(false), { statements: false, remarks: 'warning x' }).split('\n')).toEqual([
      'Sources',
      '- clickhouse.table/old  destructive  1,200 rows, 2.5 MB',
      '    its source | is gone',
      '+ clickhouse.table/events',
      '    new table',
      '',
      'warning x',
      '',
      'local: 1 to create, 1 to delete (1 destructive)',
      'no longer asked for, holding data, kept: rollup_old',
    ])
  })

  it('of a thousand metrics is a screen long, and whole when asked', () => {
    const view = (n: number) => change({ id: `clickhouse.view/m${n}`, kind: 'clickhouse.view', reason: 'new view' })
    const rollup = (n: number): Change =>
      change({
        id: `clickhouse.rollup/r${n}`,
        kind: 'clickhouse.rollup',
        action: 'update',
        risk: 'rebuild',
        reason: `${n} states missing: ${'sum(value); '.repeat(100)}`,
        impact: { rows: n, bytes: n },
      })
    const changes = [
      ...Array.from({ length: 1000 }, (_, n) => view(n)),
      ...Array.from({ length: 100 }, (_, n) => rollup(n)),
      change({ id: 'clickhouse.table/old', action: 'delete', risk: 'destructive' }),
    ]
    const text = planText({ ...plan, changes }, createStyle(false), { statements: false })
    const lines = text.split('\n')
    expect(lines.length).toBeLessThan(40)
    expect(Math.max(...lines.map(line => line.length))).toBeLessThan(250)
    expect(lines[1]).toContain('- clickhouse.table/old  destructive')
    expect(text).toContain('~ clickhouse.rollup/r99  rebuild  99 rows, 99 B')
    expect(text).toContain('~ 89 rollups: r0, r1, r2 and 86 more  rebuild  3,916 rows, 3.9 kB')
    expect(text).toContain('+ 1000 views: m0, m1, m2 and 997 more\n    new view')
    const whole = planText({ ...plan, changes }, createStyle(false), { statements: true })
    expect(whole.match(/^[+~-] /gm)).toHaveLength(1101)
  })

  it('begins with what becomes of the metrics', () => {
    const edits = [
      { action: 'remove' as const, metric: 'old', what: [] },
      { action: 'change' as const, metric: 'errors', what: ['window 5m → 10m', 'refresh 5s → 10s'] },
      ...Array.from({ length: 100 }, (_, n) => ({ action: 'add' as const, metric: `m${n}`, what: ['count()'] })),
    ]
    const lines = planText(plan, createStyle(false), { statements: false, edits }).split('\n')
    expect(lines.slice(0, 3)).toEqual([
      '- metric old',
      '~ metric errors  window 5m → 10m, refresh 5s → 10s',
      '+ metric m0  count()',
    ])
    expect(lines.slice(10, 13)).toEqual(['  and 92 more: 92 new', '', 'Sources'])
    expect(planText({ ...plan, changes: [] }, createStyle(false), { statements: false, edits })).not.toContain('metric')
  })

  it('lets no escape sequence through to a terminal', () => {
    const text = planText({ ...plan, changes: [change({ reason: 'a\u001b[2Jb' })] }, createStyle(false), {
      statements: false,
    })
    expect(text).toContain('a·[2Jb')
  })

  it('shows every line of the statements when asked', () => {
    expect(planText(plan, createStyle(false), { statements: true })).toContain(
      '      CREATE TABLE a\n      (b UInt8)\n',
    )
  })

  it('as a document leaves the steps out', () => {
    expect(planDocument(plan)).toMatchObject({ empty: false, summary: { create: 1, update: 0, replace: 0, delete: 1 } })
    expect(planDocument(plan).changes[0]).not.toHaveProperty('steps')
  })

  it('says what is known of its impact', () => {
    const since = Date.UTC(2026, 0, 2, 3, 4)
    expect(impactText({ rows: 1, bytes: 2, ms: 240_000, bytesPerDay: 1e6, since })).toBe(
      '1 row, 2 B, about 4 min, +1.0 MB a day, values from 2026-01-02T03:04Z on',
    )
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
