import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { apply } from '../src/apply/apply.js'
import { compile } from '../src/compile/compile.js'
import { check } from '../src/config/check.js'
import { testClickHouse } from '../src/embedded/testing.js'
import { plan } from '../src/plan/plan.js'
import { thousandMetrics, withMetrics } from './lib/metrics.js'
import { ms, quantile, table } from './lib/print.js'

/** A thousand metrics, all of them live: a plan that finds nothing, one that finds one more, and one that finds all of them. */
export async function benchPlan1000(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'rtdash-bench-'))
  const ch = await testClickHouse()
  const clients = { clickhouse: ch.client }
  const compiled = async (metrics: Record<string, unknown>) => {
    const file = join(dir, 'metrics.yaml')
    writeFileSync(file, withMetrics(metrics))
    const { model } = await check(file, { target: 'local' })
    return compile(model!)
  }
  const timed = async <T>(work: () => Promise<T>): Promise<[number, T]> => {
    const started = performance.now()
    const result = await work()
    return [performance.now() - started, result]
  }
  try {
    const thousand = await compiled(thousandMetrics())
    const more = await compiled({
      ...thousandMetrics(),
      one_more: { measure: 'max(value)', window: '5m', refresh: '5s' },
    })
    const [firstMs, first] = await timed(() => plan(thousand, clients))
    const [applyMs, { ok }] = await timed(() => apply(first, clients, { database: 'shop' }))
    if (!ok) throw new Error('the thousand were not applied')
    const rows: (string | number)[][] = [
      ['nothing is live: all to be made', ms(firstMs), '', first.changes.length],
      ['apply of that', ms(applyMs), '', first.changes.length],
    ]
    for (const [what, wanted] of [
      ['all live, no change', thousand],
      ['all live, one more', more],
    ] as const) {
      const runs: number[] = []
      let changes = 0
      for (let i = 0; i < 7; i++) {
        const [took, found] = await timed(() => plan(wanted, clients))
        runs.push(took)
        changes = found.changes.length
      }
      rows.push([what, ms(quantile(runs, 0.5)), ms(Math.max(...runs)), changes])
    }
    table('plan, 1,000 metrics', ['', 'median', 'longest of 7', 'changes'], rows)
  } finally {
    await ch.stop()
    rmSync(dir, { recursive: true })
  }
}
