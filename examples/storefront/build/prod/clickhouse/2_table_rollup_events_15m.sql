CREATE TABLE IF NOT EXISTS `shop`.`rollup_events_15m` ON CLUSTER `main`
(
  `bucket` DateTime64(3, 'UTC'),
  `uniq_8eedb31d` AggregateFunction(uniqCombined64(14), UInt64) COMMENT 'uniq(user_id)'
)
ENGINE = Distributed('main', 'shop', 'rollup_events_15m_local')
COMMENT 'rtdash:clickhouse.table/rollup_events_15m all shards of rollup_events_15m_local';
