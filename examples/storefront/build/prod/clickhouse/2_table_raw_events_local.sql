CREATE TABLE IF NOT EXISTS `shop`.`raw_events_local` ON CLUSTER `main`
(
  `event_id` UInt64 CODEC(ZSTD(1)),
  `event_type` LowCardinality(String) CODEC(ZSTD(1)),
  `user_id` UInt64 CODEC(ZSTD(1)),
  `value` Decimal(18, 2) CODEC(ZSTD(1)),
  `ts` DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
  `region` LowCardinality(String) CODEC(ZSTD(1)),
  `ingested_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
  `_canary` UInt64 CODEC(ZSTD(1)),
  `_topic` LowCardinality(String) CODEC(ZSTD(1)),
  `_topic_partition` UInt32 CODEC(ZSTD(1)),
  `_offset` UInt64 CODEC(ZSTD(1)),
  `_batch` UInt64 CODEC(ZSTD(1)),
  `_key` UInt64 CODEC(ZSTD(1))
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/shop/raw_events_local', '{replica}')
PARTITION BY toYYYYMMDD(ingested_at)
ORDER BY (`event_type`, `region`, `ts`)
TTL toDateTime(ingested_at) + toIntervalSecond(7776000)
SETTINGS replicated_deduplication_window = 10000, ttl_only_drop_parts = 1
COMMENT 'rtdash:clickhouse.table/raw_events_local raw events of source events';
