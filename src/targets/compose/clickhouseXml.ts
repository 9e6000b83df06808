/**
 * The server's configuration beside its defaults. A cluster has one shard and one replica here, and a Keeper in the same
 * process: its tables are the ones that a larger cluster has, and that larger cluster is made by naming more nodes.
 */
export function clickhouseXml(cluster: string | undefined): string {
  const figures = `  <prometheus>
    <endpoint>/metrics</endpoint>
    <port>9363</port>
    <metrics>true</metrics>
    <events>true</events>
    <asynchronous_metrics>true</asynchronous_metrics>
  </prometheus>
`
  return `<clickhouse>\n${figures}${cluster === undefined ? '' : clusterXml(cluster)}</clickhouse>\n`
}

const clusterXml = (name: string): string => `  <macros>
    <shard>1</shard>
    <replica>1</replica>
  </macros>
  <remote_servers>
    <${name}>
      <shard>
        <internal_replication>true</internal_replication>
        <replica>
          <host>clickhouse</host>
          <port>9000</port>
          <user from_env="CLICKHOUSE_USER"/>
          <password from_env="CLICKHOUSE_PASSWORD"/>
        </replica>
      </shard>
    </${name}>
  </remote_servers>
  <zookeeper>
    <node>
      <host>clickhouse</host>
      <port>9181</port>
    </node>
  </zookeeper>
  <distributed_ddl>
    <path>/clickhouse/task_queue/ddl</path>
  </distributed_ddl>
  <keeper_server>
    <tcp_port>9181</tcp_port>
    <server_id>1</server_id>
    <log_storage_path>/var/lib/clickhouse/coordination/log</log_storage_path>
    <snapshot_storage_path>/var/lib/clickhouse/coordination/snapshots</snapshot_storage_path>
    <raft_configuration>
      <server>
        <id>1</id>
        <hostname>clickhouse</hostname>
        <port>9234</port>
      </server>
    </raft_configuration>
  </keeper_server>
`
