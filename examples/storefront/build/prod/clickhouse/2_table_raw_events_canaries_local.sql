CREATE TABLE IF NOT EXISTS `shop`.`raw_events_canaries_local` ON CLUSTER `main`
(
  `sent` DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
  `ts` DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
  `ingested_at` DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1))
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/shop/raw_events_canaries_local', '{replica}')
PARTITION BY toYYYYMMDD(ingested_at)
ORDER BY (ts)
TTL toDateTime(ingested_at) + toIntervalSecond(604800)
SETTINGS replicated_deduplication_window = 10000, ttl_only_drop_parts = 1
COMMENT 'rtdash:clickhouse.table/raw_events_canaries_local canaries of source events';
