CREATE TABLE IF NOT EXISTS `shop`.`rollup_events_30s` ON CLUSTER `main`
(
  `bucket` DateTime64(3, 'UTC'),
  `quantile_7ae48987` AggregateFunction(quantileDD(0.01, 0.5), Float64) COMMENT 'quantile(value) filter (where event_type = \'request\')',
  `uniq_8eedb31d` AggregateFunction(uniqCombined64(14), UInt64) COMMENT 'uniq(user_id)'
)
ENGINE = Distributed('main', 'shop', 'rollup_events_30s_local')
COMMENT 'rtdash:clickhouse.table/rollup_events_30s all shards of rollup_events_30s_local';
