import { describe, expect, it } from 'vitest'
import type { Diagnostic } from '../model/diagnostic.js'
import type { Change, Plan, Risk } from '../model/plan.js'
import type { Resource } from '../model/resource.js'
import { planMarkdown } from './planMarkdown.js'

const change = (id: string, risk: Risk = 'safe', parts: Partial<Change> = {}): Change => ({
  id,
  kind: id.slice(0, id.indexOf('/')) as Change['kind'],
  action: 'create',
  risk,
  reason: `because of ${id}`,
  steps: [{ run: 'sql', title: 'create', sql: `CREATE ${id} ${'x'.repeat(200)}` }],
  dependsOn: [],
  ...parts,
})
const planOf = (...changes: readonly Change[]): Plan => ({ target: 'prod', fingerprint: 'f', unused: [], changes })
const finding = (code: string, message: string): Diagnostic => ({
  code,
  severity: 'warning',
  message,
  span: { file: 'metrics.yaml', line: 3, column: 1, endLine: 3, endColumn: 2 },
  fix: 'do',
})
const many = (count: number, kind: string, risk?: Risk) =>
  Array.from({ length: count }, (_, n) => change(`${kind}/thing_${n}`, risk))

describe('a plan as a comment', () => {
  it('has the risky first, grouped, with statements folded away, and what is safe folded as a whole', () => {
    const text = planMarkdown(
      planOf(
        change('clickhouse.view/orders'),
        change('clickhouse.rollup/r', 'rebuild'),
        change('clickhouse.table/old', 'destructive', { action: 'delete', impact: { rows: 5, bytes: 1500 } }),
      ),
      'Plan for prod',
      { findings: [finding('sla-relaxed', 'less')] },
    )
    const places = [
      '### Plan for prod',
      '**1 destructive**, **1 rebuild**, 1 safe: 2 to create, 1 to delete.',
      '> [!CAUTION]',
      '- **warning** `sla-relaxed` `metrics.yaml:3` less → do',
      '#### Sources',
      '| delete | `clickhouse.table/old` | **destructive** | because of clickhouse.table/old | 5 rows, 1.5 kB |',
      '<details><summary>Statements and differences</summary>',
      '#### Rollups',
      '<details><summary><b>Metrics</b>: 1 to create, safe</summary>',
      '| create | `clickhouse.view/orders` |',
    ].map(part => text.indexOf(part))
    expect(places).not.toContain(-1)
    expect(places).toEqual([...places].sort((a, b) => a - b))
    expect(text.match(/<details>/g)).toHaveLength(text.match(/<\/details>/g)!.length)
    expect(text).not.toContain('Left out')
  })

  it('shows what differs where both sides are known', () => {
    const topic = (partitions: number): Resource => ({
      id: 'kafka.topic/a',
      kind: 'kafka.topic',
      dependsOn: [],
      spec: { name: 'a', partitions, replication: 3, config: {} },
    })
    const text = planMarkdown(planOf(change('kafka.topic/a', 'rebuild', { before: topic(3), after: topic(6) })), 'x')
    expect(text).toContain('```diff\n- partitions: 3\n+ partitions: 6\n```')
  })

  it('says when there is nothing to do', () => {
    expect(planMarkdown(planOf(), 'Plan')).toBe('### Plan\n\nNo changes.\n')
  })

  it('of a thousand metrics is never too long for GitHub: what is safest is left out first, and counted', () => {
    const text = planMarkdown(
      planOf(
        ...many(1000, 'clickhouse.view'),
        ...many(60, 'clickhouse.rollup', 'rebuild'),
        ...many(3, 'kafka.topic', 'destructive'),
      ),
      'Plan',
      { findings: Array.from({ length: 1000 }, (_, n) => finding('sla-relaxed', `metric ${n}`)) },
    )
    expect(text.length).toBeLessThan(65_535)
    expect(text.length).toBeGreaterThan(50_000)
    for (const risky of ['kafka.topic/thing_2', 'clickhouse.rollup/thing_59'])
      expect(text).toContain(`CREATE ${risky} `)
    expect(text).toContain('990 more findings sla')
    const shown = text.match(/^\| create \| `clickhouse.view/gm)?.length ?? 0
    expect(shown).toBeGreaterThan(0)
    expect(text).toContain(
      `Left out here: ${1000 - shown} safe changes, the statements of ${shown} safe changes. \`rtdash plan -v\` shows all.`,
    )
  })

  it.each([
    ['destructive', many(2000, 'clickhouse.table', 'destructive')],
    ['long', many(50, 'clickhouse.rollup', 'rebuild').map(one => ({ ...one, reason: '|'.repeat(20_000) }))],
    ['wide', many(500, 'clickhouse.view').map(one => ({ ...one, id: `clickhouse.view/${'😀'.repeat(500)}` }))],
  ])('is never too long, however many %s changes there are', (_, changes) => {
    const notes = Array.from({ length: 50 }, () => '<'.repeat(5000))
    const unused = Array.from({ length: 5000 }, (_, n) => `\`rollup_${n}|`.repeat(50))
    const text = planMarkdown({ ...planOf(...changes), notes, unused }, '&'.repeat(9999))
    expect(text.length).toBeLessThan(65_535)
    expect(text).toMatch(/Left out here|4990 more/)
  })

  it('lets neither HTML nor Markdown of names, reasons, statements or findings through', () => {
    const evil = '</code></details><img src=x onerror=alert(1)> ``` [a](http://evil) @team |'
    const text = planMarkdown(
      planOf(
        change(`clickhouse.view/${evil}`, 'safe', { reason: evil, steps: [{ run: 'sql', title: evil, sql: evil }] }),
      ),
      evil,
      { findings: [finding('sla-relaxed', evil)] },
    )
    const markup = text.replace(/^(`{3,})sql\n[\s\S]*?\n\1$/gm, '').replace(/(`+)(?!`).*?[^`]\1(?!`)/g, '')
    expect(markup).not.toMatch(/<img|<\/code|(?<!\\)\]\(|@team|:\/\//)
    expect(text.match(/^(`{4,})sql$/m)).not.toBeNull()
  })
})
