import { describe, expect, it } from 'vitest'
import { compile } from '../compile/compile.js'
import { type ShortMetric, testModel, trailing } from '../compile/testing.js'
import type { Diagnostic } from '../model/diagnostic.js'
import type { Change, Plan, Risk } from '../model/plan.js'
import type { Resource } from '../model/resource.js'
import { metricEdits } from '../plan/edits.js'
import { diffCompiled } from '../plan/offline.js'
import { standingOf } from '../rules/change/standing.js'
import { planText } from './plan.js'
import { planMarkdown } from './planMarkdown.js'
import { createStyle } from './style.js'

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

  it('begins with what becomes of the metrics, folded away where they are only new', () => {
    const edit = (action: 'add' | 'change' | 'remove', metric: string, ...what: string[]) => ({ action, metric, what })
    const changed = [edit('remove', 'old'), edit('change', 'errors', 'window 5m → 10m', "where a = '|`'")]
    const text = planMarkdown(planOf(change('clickhouse.view/errors')), 'x', { edits: changed })
    expect(text).toContain("- gone `old`\n- changed `errors`: `window 5m → 10m`, ``where a = '\\|`'``\n\n")
    const added = Array.from({ length: 40 }, (_, n) => edit('add', `m${n}`, 'count()'))
    const many = planMarkdown(planOf(change('clickhouse.view/m1')), 'x', { edits: added })
    expect(many).toContain('<details><summary><b>Metrics of the file</b>: 40 new</summary>')
    expect(many).toContain('- and 10 more metrics')
  })

  it('of a first apply of a thousand compiled metrics is short enough, and so is its text', () => {
    const column = (n: number) => [`kind_${n}`, 'LowCardinality(String)']
    const columns = { ts: 'DateTime64(3)', ...Object.fromEntries(Array.from({ length: 20 }, (_, n) => column(n))) }
    const metrics = Array.from({ length: 1000 }, (_, n): [string, ShortMetric] => [
      `metric_${n}`,
      { measure: 'count()', where: `kind_${n % 20} = 'value ${n}'`, window: trailing(60_000 * (1 + (n % 7))) },
    ])
    const [before, after] = [metrics.slice(0, 1), metrics].map(list =>
      compile(testModel(columns, Object.fromEntries(list))),
    )
    const plan = diffCompiled(before!, after!)
    expect(plan.changes.length).toBeGreaterThan(1000)
    const text = planMarkdown(plan, 'Plan', { edits: metricEdits(standingOf(before!.model), after!.model) })
    expect(text.length).toBeLessThan(65_535)
    expect(text).toContain('Left out here')
    expect(planText(plan, createStyle(false), { statements: false }).split('\n').length).toBeLessThan(40)
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
