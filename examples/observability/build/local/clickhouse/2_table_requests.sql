CREATE TABLE IF NOT EXISTS `observability`.`requests`
(
  `timestamp` DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
  `service` LowCardinality(String) CODEC(ZSTD(1)),
  `route` LowCardinality(String) CODEC(ZSTD(1)),
  `method` LowCardinality(String) CODEC(ZSTD(1)),
  `status` UInt16 CODEC(ZSTD(1)),
  `duration_ms` Float64 CODEC(ZSTD(1)),
  `bytes` UInt64 CODEC(ZSTD(1)),
  `ingested_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
  `_canary` UInt64 CODEC(ZSTD(1)),
  `_batch` UInt64 CODEC(ZSTD(1)),
  `_key` UInt64 CODEC(ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toYYYYMMDD(ingested_at)
ORDER BY (`route`, `service`, `timestamp`)
TTL toDateTime(ingested_at) + toIntervalSecond(2592000)
SETTINGS non_replicated_deduplication_window = 10000, ttl_only_drop_parts = 1
COMMENT 'rtdash:clickhouse.table/requests raw events of source requests';
