CREATE TABLE IF NOT EXISTS `shop`.`rollup_events_250ms_by_region_local` ON CLUSTER `main`
(
  `bucket` DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
  `region` LowCardinality(String),
  `count_3c5bb3f2` SimpleAggregateFunction(sum, UInt64) COMMENT 'count()'
)
ENGINE = ReplicatedAggregatingMergeTree('/clickhouse/tables/{shard}/shop/rollup_events_250ms_by_region_local', '{replica}')
PARTITION BY toYYYYMM(bucket)
ORDER BY (bucket, `region`)
TTL toDateTime(bucket) + toIntervalSecond(31536000)
SETTINGS replicated_deduplication_window = 10000, index_granularity_bytes = 262144, ttl_only_drop_parts = 1
COMMENT 'rtdash:clickhouse.rollup/rollup_events_250ms_by_region states of events';

CREATE MATERIALIZED VIEW IF NOT EXISTS `shop`.`rollup_events_250ms_by_region_local__cef93cb0` ON CLUSTER `main`
TO `shop`.`rollup_events_250ms_by_region_local`
AS SELECT fromUnixTimestamp64Milli(toUnixTimestamp64Milli(toDateTime64(`ts`, 3, 'UTC')) - positiveModulo(toUnixTimestamp64Milli(toDateTime64(`ts`, 3, 'UTC')), 250), 'UTC') AS `bucket`, `region` AS `region`, count() AS `count_3c5bb3f2` FROM `shop`.`raw_events_local` WHERE _canary = 0 GROUP BY `bucket`, `region`
COMMENT 'rtdash:clickhouse.rollup/rollup_events_250ms_by_region fills it';
