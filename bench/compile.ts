import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compile } from '../src/compile/compile.js'
import { renderFiles } from '../src/compile/renderFiles.js'
import { check } from '../src/config/check.js'
import { thousandMetrics, withMetrics } from './lib/metrics.js'
import { ms, quantile, table } from './lib/print.js'

/** A thousand metrics: validate, compile, write out. */
export async function benchCompile(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'rtdash-bench-'))
  const file = join(dir, 'metrics.yaml')
  writeFileSync(file, withMetrics(thousandMetrics()))
  const times: number[][] = []
  for (let i = 0; i < 5; i++) {
    const t0 = performance.now()
    const { model, diagnostics } = await check(file, { target: 'local' })
    if (!model) throw new Error(diagnostics.map(d => d.message).join('\n'))
    const t1 = performance.now()
    const compiled = compile(model)
    const t2 = performance.now()
    renderFiles(compiled)
    times.push([t1 - t0, t2 - t1, performance.now() - t2])
  }
  rmSync(dir, { recursive: true })
  const stages = ['validate', 'compile', 'render files']
  const rows = stages.map((stage, i) => [
    stage,
    ms(times[0]![i]!),
    ms(
      quantile(
        times.map(t => t[i]!),
        0.5,
      ),
    ),
  ])
  table('1,000 metrics', ['stage', 'first run', 'median of 5'], rows)
}
