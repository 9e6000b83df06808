CREATE TABLE IF NOT EXISTS `flights`.`flights_dead_letters`
(
  `received_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
  `reason` LowCardinality(String) CODEC(ZSTD(1)),
  `message` String CODEC(ZSTD(1)),
  `line` UInt32 CODEC(ZSTD(1)),
  `column` String CODEC(ZSTD(1)),
  `event` String CODEC(ZSTD(1)),
  `_batch` UInt64 CODEC(ZSTD(1)),
  `_key` UInt64 CODEC(ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toYYYYMMDD(received_at)
ORDER BY (received_at)
TTL toDateTime(received_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 10000, ttl_only_drop_parts = 1
COMMENT 'rtdash:clickhouse.table/flights_dead_letters rejected events of source flights';
