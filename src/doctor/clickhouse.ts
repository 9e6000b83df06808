import { type ClickHouse, type ClickHouseOptions, createClickHouse } from '../clients/clickhouse.js'
import { isGranted } from '../clients/clickhouseGrants.js'
import { bytes } from '../format/quantity.js'
import type { Target } from '../model/model.js'
import { ok, problem, skipped, type Told, warning } from './report.js'
import { measureSkew, skewFinding } from './skew.js'

/** Refreshable views that append are beyond experiment from here on; what rtdash is tested with. */
const LEAST = [24, 10] as const
const TESTED = '26.7'

/** Version, rights, clock, disk and, where there is one, the cluster of a server. Reads only. */
export async function checkClickHouse(
  options: ClickHouseOptions,
  database: string,
  target: Target['clickhouse'],
): Promise<Told[]> {
  const clickhouse = createClickHouse({ ...options, timeout: 10_000 })
  try {
    const [row] = await clickhouse.query<{ v: string }>('SELECT version() AS v')
    const cluster = target.kind === 'server' ? target.cluster : undefined
    return [
      checkVersion(row!.v),
      ...(await checkRights(clickhouse, options, database, cluster !== undefined)),
      skewFinding(await measureSkew(() => now(clickhouse))),
      ...(await checkDisks(clickhouse)),
      ...(cluster === undefined ? [] : await checkCluster(clickhouse, cluster)),
    ]
  } finally {
    await clickhouse.close()
  }
}

export function checkVersion(version: string): Told {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major < LEAST[0] || (major === LEAST[0] && minor < LEAST[1]))
    return problem('version', version, `rtdash needs ${LEAST.join('.')} or later, and is tested with ${TESTED}`)
  return ok('version', version)
}

async function now(clickhouse: ClickHouse): Promise<number> {
  const [row] = await clickhouse.query<{ ms: string }>("SELECT toUnixTimestamp64Milli(now64(3, 'UTC')) AS ms")
  return Number(row!.ms)
}

/** What plan, apply, serve and verify do, as ClickHouse names it. */
const privileges = (database: string, cluster: boolean): string[] => [
  ...['SELECT', 'INSERT', 'ALTER TABLE', 'ALTER VIEW', 'CREATE DATABASE', 'CREATE TABLE', 'CREATE VIEW'].map(
    what => `${what} ON \`${database}\`.*`,
  ),
  ...['DROP TABLE', 'DROP VIEW', 'TRUNCATE'].map(what => `${what} ON \`${database}\`.*`),
  'SELECT ON system.*',
  // Refreshable views are made without a definer.
  'ALLOW SQL SECURITY NONE ON *.*',
  ...(cluster ? ['CLUSTER ON *.*'] : []),
]

async function checkRights(
  clickhouse: ClickHouse,
  options: ClickHouseOptions,
  database: string,
  cluster: boolean,
): Promise<Told[]> {
  const [setting] = await clickhouse.query<{ value: string }>(
    "SELECT value FROM system.settings WHERE name = 'readonly'",
  )
  const readonly =
    (setting?.value ?? '0') === '0'
      ? []
      : [
          problem(
            'read-only',
            `the account's profile says readonly = ${setting!.value}`,
            'give it a profile that may write, or use another account',
          ),
        ]
  const missing: string[] = []
  try {
    for (const privilege of privileges(database, cluster))
      if (!(await isGranted(options, privilege))) missing.push(privilege)
  } catch (error) {
    return [...readonly, skipped('grants', `cannot be asked: ${(error as Error).message}`)]
  }
  return [
    ...readonly,
    missing.length === 0
      ? ok('grants', `all that is needed in ${database}`)
      : problem('grants', `missing: ${missing.join(', ')}`, missing.map(each => `GRANT ${each} TO …`).join('; ')),
  ]
}

async function checkDisks(clickhouse: ClickHouse): Promise<Told[]> {
  const disks = await clickhouse.query<{ name: string; free: string; total: string }>(
    "SELECT name, free_space AS free, total_space AS total FROM system.disks WHERE total_space > 0 AND type = 'Local'",
  )
  return disks.map(({ name, free, total }) => {
    const text = `${name}: ${bytes(Number(free))} of ${bytes(Number(total))} free`
    const share = Number(free) / Number(total)
    if (Number(free) < 1e9) return problem('disk', text, 'make room: inserts fail when it is full')
    return share < 0.1 ? warning('disk', text, 'make room, or keep less: `retention`') : ok('disk', text)
  })
}

async function checkCluster(clickhouse: ClickHouse, cluster: string): Promise<Told[]> {
  const hosts = await clickhouse.query<{ shard: string; replicas: string; errors: string }>(
    `SELECT shard_num AS shard, count() AS replicas, sum(errors_count) AS errors FROM system.clusters
     WHERE cluster = {cluster:String} GROUP BY shard_num`,
    { cluster },
  )
  const macros = await clickhouse.query<{ macro: string }>('SELECT macro FROM system.macros')
  const absent = ['shard', 'replica'].filter(name => macros.every(({ macro }) => macro !== name))
  const errors = hosts.reduce((sum, host) => sum + Number(host.errors), 0)
  const replicas = hosts.reduce((sum, host) => sum + Number(host.replicas), 0)
  const size = `${cluster}: ${hosts.length} shards, ${replicas} nodes`
  return [
    hosts.length === 0
      ? problem('cluster', `the server knows no cluster ${cluster}`, 'correct `cluster:`, or add it to remote_servers')
      : errors > 0
        ? warning('cluster', `${size}, ${errors} errors reaching them`, 'look at system.clusters: a node may be away')
        : ok('cluster', size),
    absent.length === 0
      ? ok('macros', 'shard and replica are set')
      : problem('macros', `not set: ${absent.join(', ')}`, 'replicated tables need both in the server’s <macros>'),
    await checkKeeper(clickhouse),
  ]
}

async function checkKeeper(clickhouse: ClickHouse): Promise<Told> {
  try {
    await clickhouse.query("SELECT name FROM system.zookeeper WHERE path = '/'")
    return ok('keeper', 'answers')
  } catch (error) {
    return problem('keeper', (error as Error).message, 'replicated tables need ClickHouse Keeper')
  }
}
