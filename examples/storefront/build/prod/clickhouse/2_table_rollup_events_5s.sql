CREATE TABLE IF NOT EXISTS `shop`.`rollup_events_5s` ON CLUSTER `main`
(
  `bucket` DateTime64(3, 'UTC'),
  `count_3c5bb3f2` SimpleAggregateFunction(sum, UInt64) COMMENT 'count()',
  `count_7101a444` SimpleAggregateFunction(sum, UInt64) COMMENT 'count() filter (where event_type = \'error\')',
  `sum_ae6576af` SimpleAggregateFunction(sum, Decimal(38, 2)) COMMENT 'sum(value) filter (where event_type = \'purchase\')'
)
ENGINE = Distributed('main', 'shop', 'rollup_events_5s_local')
COMMENT 'rtdash:clickhouse.table/rollup_events_5s all shards of rollup_events_5s_local';
