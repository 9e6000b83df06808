CREATE TABLE IF NOT EXISTS `shop`.`rollup_events_30s_local` ON CLUSTER `main`
(
  `bucket` DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
  `quantile_7ae48987` AggregateFunction(quantileDD(0.01, 0.5), Float64) COMMENT 'quantile(value) filter (where event_type = \'request\')',
  `uniq_8eedb31d` AggregateFunction(uniqCombined64(14), UInt64) COMMENT 'uniq(user_id)'
)
ENGINE = ReplicatedAggregatingMergeTree('/clickhouse/tables/{shard}/shop/rollup_events_30s_local', '{replica}')
PARTITION BY toYYYYMM(bucket)
ORDER BY (bucket)
TTL toDateTime(bucket) + toIntervalSecond(31536000)
SETTINGS replicated_deduplication_window = 10000, index_granularity_bytes = 262144, ttl_only_drop_parts = 1
COMMENT 'rtdash:clickhouse.rollup/rollup_events_30s states of events';

CREATE MATERIALIZED VIEW IF NOT EXISTS `shop`.`rollup_events_30s_local__df5a0ef8` ON CLUSTER `main`
TO `shop`.`rollup_events_30s_local`
AS SELECT fromUnixTimestamp64Milli(toUnixTimestamp64Milli(toDateTime64(`ts`, 3, 'UTC')) - positiveModulo(toUnixTimestamp64Milli(toDateTime64(`ts`, 3, 'UTC')), 30000), 'UTC') AS `bucket`, quantileDDStateIf(0.01, 0.5)(toFloat64(`value`), (`event_type` = 'request') AND (isFinite(toFloat64(`value`)))) AS `quantile_7ae48987`, uniqCombined64StateIf(14)(CAST(`user_id`, 'UInt64'), 1) AS `uniq_8eedb31d` FROM `shop`.`raw_events_local` WHERE _canary = 0 GROUP BY `bucket`
COMMENT 'rtdash:clickhouse.rollup/rollup_events_30s fills it';
