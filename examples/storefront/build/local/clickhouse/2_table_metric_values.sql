CREATE TABLE IF NOT EXISTS `shop`.`metric_values`
(
  `metric` LowCardinality(String) CODEC(ZSTD(1)),
  `definition` LowCardinality(String) CODEC(ZSTD(1)),
  `timestamp` DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
  `total` UInt8 CODEC(ZSTD(1)),
  `by` Map(String, Nullable(String)) CODEC(ZSTD(1)),
  `value` Nullable(Float64) CODEC(ZSTD(1)),
  `exact` Nullable(String) CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(timestamp)
ORDER BY (metric, timestamp, total, toString(`by`))
TTL toDateTime(timestamp) + toIntervalSecond(31536000)
SETTINGS ttl_only_drop_parts = 1
COMMENT 'rtdash:clickhouse.table/metric_values values that refreshable views computed';
