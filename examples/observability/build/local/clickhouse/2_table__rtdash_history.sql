CREATE TABLE IF NOT EXISTS `observability`.`_rtdash_history`
(
  `at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
  `apply` String CODEC(ZSTD(1)),
  `event` LowCardinality(String) CODEC(ZSTD(1)),
  `change` String CODEC(ZSTD(1)),
  `detail` String CODEC(ZSTD(1)),
  `who` String CODEC(ZSTD(1)),
  `commit` String CODEC(ZSTD(1))
)
ENGINE = MergeTree
ORDER BY (at)
SETTINGS non_replicated_deduplication_window = 10000
COMMENT 'rtdash:clickhouse.table/_rtdash_history what was applied, by whom';
