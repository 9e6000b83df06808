CREATE TABLE IF NOT EXISTS `shop`.`rollup_events_5s_local` ON CLUSTER `main`
(
  `bucket` DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
  `count_3c5bb3f2` SimpleAggregateFunction(sum, UInt64) COMMENT 'count()',
  `count_7101a444` SimpleAggregateFunction(sum, UInt64) COMMENT 'count() filter (where event_type = \'error\')',
  `sum_ae6576af` SimpleAggregateFunction(sum, Decimal(38, 2)) COMMENT 'sum(value) filter (where event_type = \'purchase\')'
)
ENGINE = ReplicatedAggregatingMergeTree('/clickhouse/tables/{shard}/shop/rollup_events_5s_local', '{replica}')
PARTITION BY toYYYYMM(bucket)
ORDER BY (bucket)
TTL toDateTime(bucket) + toIntervalSecond(31536000)
SETTINGS replicated_deduplication_window = 10000, index_granularity_bytes = 262144, ttl_only_drop_parts = 1
COMMENT 'rtdash:clickhouse.rollup/rollup_events_5s states of events';

CREATE MATERIALIZED VIEW IF NOT EXISTS `shop`.`rollup_events_5s_local__7495b187` ON CLUSTER `main`
TO `shop`.`rollup_events_5s_local`
AS SELECT fromUnixTimestamp64Milli(toUnixTimestamp64Milli(toDateTime64(`ts`, 3, 'UTC')) - positiveModulo(toUnixTimestamp64Milli(toDateTime64(`ts`, 3, 'UTC')), 5000), 'UTC') AS `bucket`, count() AS `count_3c5bb3f2`, countIf(`event_type` = 'error') AS `count_7101a444`, CAST(sumIf(CAST(`value`, 'Decimal(38, 2)'), `event_type` = 'purchase'), 'Decimal(38, 2)') AS `sum_ae6576af` FROM `shop`.`raw_events_local` WHERE _canary = 0 GROUP BY `bucket`
COMMENT 'rtdash:clickhouse.rollup/rollup_events_5s fills it';
