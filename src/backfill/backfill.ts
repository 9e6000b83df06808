import { randomUUID } from 'node:crypto'
import type { Compiled } from '../compile/compile.js'
import type { ResourceOf } from '../model/resource.js'
import type { Clients } from '../targets/live.js'
import { BackfillRefused } from './errors.js'
import type { Range } from './range.js'
import { backfillRollup, type RollupResult } from './rollup.js'

export interface BackfillOptions {
  /** Just the rollups of these metrics; all without. */
  readonly metrics: readonly string[]
  readonly range: Range
  readonly signal?: AbortSignal
  /** Throws when the project's lock is no longer ours. */
  readonly guard?: () => Promise<void>
  readonly onProgress?: (text: string) => void
  readonly onResult?: (result: RollupResult) => void
}

/**
 * Computes rollups again from raw for the buckets of a range, one after the other. Throws BackfillRefused for what
 * cannot be computed, and the signal's reason once aborted: run again, it goes on where it stopped.
 */
export async function backfillRollups(
  compiled: Compiled,
  clients: Clients,
  { metrics, range, signal, guard, onProgress, onResult }: BackfillOptions,
): Promise<RollupResult[]> {
  const { model } = compiled
  if (model.target.clickhouse.kind === 'server' && model.target.clickhouse.cluster !== undefined)
    throw new BackfillRefused(
      'on a cluster partitions cannot be exchanged on all shards at once',
      'there only a changed definition is filled from raw, by rtdash apply',
    )
  const context = {
    clickhouse: clients.clickhouse,
    clients,
    database: model.project,
    applyId: randomUUID().slice(0, 8),
    progress: (text: string) => onProgress?.(text),
    ...(signal && { signal }),
  }
  const results: RollupResult[] = []
  for (const rollup of rollupsOf(compiled, metrics)) {
    signal?.throwIfAborted()
    const source = model.sources.find(({ table }) => table === rollup.spec.source.table)!
    const result = await backfillRollup(context, rollup, range, source.accept.olderMs, guard)
    results.push(result)
    onResult?.(result)
  }
  return results
}

/** The rollups that the metrics are read from. */
export function rollupsOf(
  { rollups, resources }: Compiled,
  metrics: readonly string[],
): ResourceOf<'clickhouse.rollup'>[] {
  const names = new Set(
    rollups.readings
      .filter(({ metric }) => metrics.length === 0 || metrics.includes(metric))
      .flatMap(({ rungs }) => rungs.map(({ rollup }) => rollup)),
  )
  return resources.filter(
    (resource): resource is ResourceOf<'clickhouse.rollup'> =>
      resource.kind === 'clickhouse.rollup' && names.has(resource.spec.table.name),
  )
}
