import type { ResourceOf, RollupSpec } from '../model/resource.js'
import { names } from '../naming.js'
import { type Fill, timestampOf } from '../targets/clickhouse/apply/fill.js'
import { type PartitionKey, type Range, within } from './range.js'

/** A rollup whose partitions are computed again beside it. */
export interface Staged {
  /** As the file wants it, and as it is. */
  readonly rollup: ResourceOf<'clickhouse.rollup'>
  readonly key: PartitionKey
  /** Whole partitions: all buckets that are made anew. */
  readonly range: Range
  /** The same states over just these buckets, in a table of their own. */
  readonly fill: Fill
}

/** The table beside a rollup. */
export const stagingName = (rollup: string): string => `${rollup}__backfill`

/** `keep`: buckets before it are beyond raw's reach, and stay as they are. */
export function stagedOf(
  rollup: ResourceOf<'clickhouse.rollup'>,
  key: PartitionKey,
  range: Range,
  keep: number | undefined,
): Staged {
  const { spec } = rollup
  const name = stagingName(spec.table.name)
  const staging: RollupSpec = {
    ...spec,
    table: { ...spec.table, name },
    where: `${spec.where} AND ${within(timestampOf(spec), range)}`,
  }
  const view = names.rollupView(
    name,
    spec.states.map(state => state.name),
  )
  // Not the id of a resource: plan looks past it.
  const beside = { ...rollup, id: `clickhouse.backfill/${spec.table.name}`, spec: staging }
  return {
    rollup,
    key,
    range,
    fill: { rollup: beside, view, states: spec.states, ...(keep !== undefined && { keep }) },
  }
}
