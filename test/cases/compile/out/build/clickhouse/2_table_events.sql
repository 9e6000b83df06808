CREATE TABLE IF NOT EXISTS `shop`.`events`
(
  `ts` DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
  `event_type` LowCardinality(String) CODEC(ZSTD(1)),
  `ingested_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
  `_canary` UInt64 CODEC(ZSTD(1)),
  `_batch` UInt64 CODEC(ZSTD(1)),
  `_key` UInt64 CODEC(ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toYYYYMMDD(ingested_at)
ORDER BY (`ts`)
TTL toDateTime(ingested_at) + toIntervalSecond(7776000)
SETTINGS non_replicated_deduplication_window = 10000, ttl_only_drop_parts = 1
COMMENT 'rtdash:clickhouse.table/events raw events of source events';
