CREATE TABLE IF NOT EXISTS `flights`.`flights`
(
  `date` DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
  `delay` Int16 CODEC(ZSTD(1)),
  `distance` UInt16 CODEC(ZSTD(1)),
  `origin` LowCardinality(String) CODEC(ZSTD(1)),
  `destination` LowCardinality(String) CODEC(ZSTD(1)),
  `ingested_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
  `_canary` UInt64 CODEC(ZSTD(1)),
  `_batch` UInt64 CODEC(ZSTD(1)),
  `_key` UInt64 CODEC(ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toYYYYMMDD(ingested_at)
ORDER BY (`destination`, `origin`, `date`)
SETTINGS non_replicated_deduplication_window = 10000
COMMENT 'rtdash:clickhouse.table/flights raw events of source flights';
