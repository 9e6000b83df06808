import type { ResourceOf, RollupSpec, SelectItem } from '../../../model/resource.js'
import { mark } from '../mark.js'

/** States of a rollup that a view computes from a cut-over on, to be filled from raw up to there. */
export interface Fill {
  readonly rollup: ResourceOf<'clickhouse.rollup'>
  readonly view: string
  readonly states: readonly SelectItem[]
  /** Buckets before this instant (epoch ms) hold history that raw no longer has: they are left alone. */
  readonly keep?: number
  /** The rollup that these buckets are carried over from; without it they are there already. */
  readonly carry?: string
}

/** A fill whose cut-over is made: arrivals before `from` (epoch ms) are not in the view. */
export interface LiveFill extends Fill {
  readonly from: number
}

/** What the view's comment says of the fill. */
export const fillMark = ({ rollup, from, keep, carry }: LiveFill): string =>
  mark(rollup.id, 'fills it', {
    from: String(from),
    ...(keep !== undefined && { keep: String(keep) }),
    ...(carry !== undefined && { carry }),
  })

/** The condition on an event that its bucket is not among those kept. */
export const beyondKept = (spec: RollupSpec, keep: number | undefined): string[] =>
  keep === undefined ? [] : [`${timestampOf(spec)} >= fromUnixTimestamp64Milli(${keep}, 'UTC')`]

/** The event time that buckets are made of, as `bucketOf` wrote it: the first identifier of the first key. */
export const timestampOf = ({ keys }: RollupSpec): string => /`(?:[^`\\]|\\.)+`/.exec(keys[0]!.sql)![0]

/** Length of the rollup's buckets, ms: the last number that `bucketOf` wrote. */
export const bucketMsOf = ({ keys }: RollupSpec): number => Number(/(\d+)\), 'UTC'\)$/.exec(keys[0]!.sql)![1])
