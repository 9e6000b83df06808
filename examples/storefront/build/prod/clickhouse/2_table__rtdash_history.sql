CREATE TABLE IF NOT EXISTS `shop`.`_rtdash_history` ON CLUSTER `main`
(
  `at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
  `apply` String CODEC(ZSTD(1)),
  `event` LowCardinality(String) CODEC(ZSTD(1)),
  `change` String CODEC(ZSTD(1)),
  `detail` String CODEC(ZSTD(1)),
  `who` String CODEC(ZSTD(1)),
  `commit` String CODEC(ZSTD(1))
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/all/shop/_rtdash_history', '{shard}-{replica}')
ORDER BY (at)
SETTINGS replicated_deduplication_window = 10000
COMMENT 'rtdash:clickhouse.table/_rtdash_history what was applied, by whom';
