CREATE TABLE IF NOT EXISTS `shop`.`rollup_events_250ms_by_region` ON CLUSTER `main`
(
  `bucket` DateTime64(3, 'UTC'),
  `region` LowCardinality(String),
  `count_3c5bb3f2` SimpleAggregateFunction(sum, UInt64) COMMENT 'count()'
)
ENGINE = Distributed('main', 'shop', 'rollup_events_250ms_by_region_local')
COMMENT 'rtdash:clickhouse.table/rollup_events_250ms_by_region all shards of rollup_events_250ms_by_region_local';
