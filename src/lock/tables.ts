import { mark } from '../targets/clickhouse/mark.js'
import { onCluster } from '../targets/clickhouse/render.js'
import { id, qualified, str } from '../targets/clickhouse/text.js'
import { commentOf, type Holder, lockTable } from './held.js'

/** Marked, so that destroy knows whether it may go. */
export const createMarkedDatabase = (database: string, cluster: string | undefined): string =>
  `CREATE DATABASE IF NOT EXISTS ${id(database)}${onCluster(cluster)} COMMENT ${str(mark(`clickhouse.database/${database}`, ''))}`

export function createLock(database: string, generation: number, holder: Holder, cluster: string | undefined): string {
  const name = lockTable(generation)
  const engine =
    cluster === undefined
      ? 'MergeTree'
      : `ReplicatedMergeTree(${str(`/clickhouse/tables/all/${database}/${name}_${holder.id}`)}, '{shard}-{replica}')`
  return `CREATE TABLE ${qualified(database, name)}${onCluster(cluster)} (at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC'), event LowCardinality(String)) ENGINE = ${engine} ORDER BY at COMMENT ${str(commentOf(holder))}`
}

export const dropLock = (database: string, generation: number, cluster: string | undefined): string =>
  `DROP TABLE IF EXISTS ${qualified(database, lockTable(generation))}${onCluster(cluster)} SYNC`
