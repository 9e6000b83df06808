import { createHash } from 'node:crypto'
import type { Secret } from './secret.js'

/** config.xml: bounded memory, small logs that expire. `run` is the folder of the other files. */
export function configXml(run: string): string {
  const log = (name: string, flush: number) =>
    `<${name}><database>system</database><table>${name}</table><partition_by>event_date</partition_by>` +
    `<ttl>event_time + INTERVAL 6 HOUR DELETE</ttl><flush_interval_milliseconds>${flush}</flush_interval_milliseconds>` +
    `<max_size_rows>65536</max_size_rows><reserved_size_rows>1024</reserved_size_rows></${name}>`
  return `<clickhouse>
  <users_config>${xml(`${run}/users.xml`)}</users_config>
  ${log('query_log', 1000)}
  ${log('query_views_log', 1000)}
  ${log('part_log', 5000)}
  <max_server_memory_usage>2147483648</max_server_memory_usage>
  <mark_cache_size>67108864</mark_cache_size>
  <uncompressed_cache_size>0</uncompressed_cache_size>
  <background_pool_size>2</background_pool_size>
  <background_schedule_pool_size>16</background_schedule_pool_size>
  <max_connections>256</max_connections>
  <keep_alive_timeout>30</keep_alive_timeout>
  <asynchronous_metrics_update_period_s>10</asynchronous_metrics_update_period_s>
</clickhouse>
`
}

/**
 * users.xml: an administrator, a reader, and the engine's own passwordless `default`, which clickhouse-local needs for
 * itself: it may hold one session only, its own, so nobody can log in as `default` over HTTP.
 */
export function usersXml(secret: Secret): string {
  const user = (name: string, password: string, profile: string, more = '') =>
    `<${name}><password_sha256_hex>${sha256(password)}</password_sha256_hex><networks><ip>127.0.0.1</ip></networks>` +
    `<profile>${profile}</profile><quota>default</quota>${more}</${name}>`
  return `<clickhouse>
  <profiles>
    <default>
      <async_insert>0</async_insert>
      <deduplicate_blocks_in_dependent_materialized_views>1</deduplicate_blocks_in_dependent_materialized_views>
      <max_partitions_per_insert_block>1000</max_partitions_per_insert_block>
    </default>
    <reader><readonly>2</readonly></reader>
    <engine>
      <max_sessions_for_user>1</max_sessions_for_user>
      <constraints><max_sessions_for_user><readonly/></max_sessions_for_user></constraints>
    </engine>
  </profiles>
  <quotas><default/></quotas>
  <users>
    ${user(secret.username, secret.password, 'default', '<access_management>1</access_management>')}
    ${user(secret.reader.username, secret.reader.password, 'reader')}
    <default>
      <no_password/><networks><ip>127.0.0.1</ip></networks><profile>engine</profile><quota>default</quota>
      <grants>
        <query>GRANT SYSTEM LISTEN, CREATE TEMPORARY TABLE ON *.*</query>
        <query>GRANT FILE ON *.*</query>
      </grants>
    </default>
  </users>
</clickhouse>
`
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const xml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
