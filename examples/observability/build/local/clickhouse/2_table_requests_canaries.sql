CREATE TABLE IF NOT EXISTS `observability`.`requests_canaries`
(
  `sent` DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
  `ts` DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
  `ingested_at` DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toYYYYMMDD(ingested_at)
ORDER BY (ts)
TTL toDateTime(ingested_at) + toIntervalSecond(604800)
SETTINGS non_replicated_deduplication_window = 10000, ttl_only_drop_parts = 1
COMMENT 'rtdash:clickhouse.table/requests_canaries canaries of source requests';
