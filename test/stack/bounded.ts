import { setTimeout as sleep } from 'node:timers/promises'
import type { FlinkClient } from '../../src/clients/flink.js'
import type { Compiled } from '../../src/compile/compile.js'
import type { FlinkJobSpec } from '../../src/model/resource.js'
import { submit } from '../../src/targets/flink/live/submit.js'

/** The job of a model with one source. */
export const jobOf = ({ resources }: Compiled): FlinkJobSpec =>
  resources.flatMap(resource => (resource.kind === 'flink.job' ? [resource.spec] : []))[0]!

/**
 * The job over a topic that ends: it reads all that is there, closes every window and finishes, so that what it gives
 * depends on nothing but the events. No partition counts as idle; watermarks follow each event where `eachEvent` says so.
 */
export function bounded(spec: FlinkJobSpec, { eachEvent = false } = {}): FlinkJobSpec {
  const ends = [
    "'scan.startup.mode' = 'earliest-offset'",
    "'scan.bounded.mode' = 'latest-offset'",
    ...(eachEvent ? ["'scan.watermark.emit.strategy' = 'on-event'"] : []),
  ]
  return {
    ...spec,
    tables: spec.tables.map(table =>
      table
        .replace("'scan.startup.mode' = 'group-offsets'", ends.join(',\n  '))
        .replace(/'scan.watermark.idle-timeout' = '\d+ ms'/, "'scan.watermark.idle-timeout' = '10 min'"),
    ),
  }
}

/** Runs a bounded job until it has finished. */
export async function runToEnd(flink: FlinkClient, spec: FlinkJobSpec): Promise<void> {
  const id = await submit(flink, spec)
  for (;;) {
    const job = (await flink.jobs()).find(job => job.id === id)
    if (job?.state === 'FINISHED') return
    if (job?.state !== 'RUNNING') throw new Error(`${job?.state}: ${await flink.failure(id)}`)
    await sleep(100)
  }
}
