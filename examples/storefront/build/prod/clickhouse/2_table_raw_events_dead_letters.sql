CREATE TABLE IF NOT EXISTS `shop`.`raw_events_dead_letters` ON CLUSTER `main`
(
  `received_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
  `reason` LowCardinality(String) CODEC(ZSTD(1)),
  `message` String CODEC(ZSTD(1)),
  `line` UInt32 CODEC(ZSTD(1)),
  `column` String CODEC(ZSTD(1)),
  `event` String CODEC(ZSTD(1)),
  `_topic` LowCardinality(String) CODEC(ZSTD(1)),
  `_topic_partition` UInt32 CODEC(ZSTD(1)),
  `_offset` UInt64 CODEC(ZSTD(1)),
  `_batch` UInt64 CODEC(ZSTD(1)),
  `_key` UInt64 CODEC(ZSTD(1))
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/all/shop/raw_events_dead_letters', '{shard}-{replica}')
PARTITION BY toYYYYMMDD(received_at)
ORDER BY (received_at)
TTL toDateTime(received_at) + toIntervalSecond(7776000)
SETTINGS replicated_deduplication_window = 10000, ttl_only_drop_parts = 1
COMMENT 'rtdash:clickhouse.table/raw_events_dead_letters rejected events of source events';
