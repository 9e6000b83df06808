import { setTimeout as sleep } from 'node:timers/promises'
import { compile } from '../src/compile/compile.js'
import { check } from '../src/config/check.js'
import type { StageTimes } from '../src/verify/report.js'
import { startPipeline } from '../test/stack/pipeline.js'
import { startSender } from '../test/stack/sender.js'
import { table } from './lib/print.js'

// End to end on the real engines, by stage: the storefront at 2,000 events a second, everything on this machine.

const RATE = 2000
const WARM_UP_MS = 20_000

export async function benchStages(): Promise<void> {
  const pipeline = await startPipeline()
  try {
    await pipeline.json('apply', '--yes')
    await pipeline.startNodes()
    const { model } = await check(`${pipeline.dir}/metrics.yaml`, { target: 'real' })
    const { first, second } = pipeline.nodes
    const sender = startSender(compile(model!).service.sources[0]!, [first.url, second.url], RATE, 7)
    await sleep(WARM_UP_MS)
    const { stages } = await pipeline.json<{ stages: StageTimes[] }>('verify', '--duration', '60s')
    await sender.stop()
    const of = [...new Set(stages.map(({ metric }) => metric))]
    table(
      `End to end at ${RATE.toLocaleString('en')} events/s on the real engines`,
      ['p50 / p99, ms', 'ingest', 'view', 'query', 'push', 'total'],
      of.map(metric => [
        metric,
        ...stages
          .filter(stage => stage.metric === metric)
          .map(({ p50_ms, p99_ms }) => `${Math.round(p50_ms ?? Number.NaN)} / ${Math.round(p99_ms ?? Number.NaN)}`),
      ]),
    )
  } finally {
    await pipeline.stop()
  }
}
