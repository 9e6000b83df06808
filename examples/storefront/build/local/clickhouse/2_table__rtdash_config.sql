CREATE TABLE IF NOT EXISTS `shop`.`_rtdash_config`
(
  `applied_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
  `hash` String CODEC(ZSTD(1)),
  `config` String CODEC(ZSTD(1))
)
ENGINE = MergeTree
ORDER BY (applied_at)
SETTINGS non_replicated_deduplication_window = 10000
COMMENT 'rtdash:clickhouse.table/_rtdash_config what the service runs: the newest row';
