CREATE TABLE IF NOT EXISTS `observability`.`rollup_requests_250ms_by_service`
(
  `bucket` DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
  `service` LowCardinality(String),
  `count_3c5bb3f2` SimpleAggregateFunction(sum, UInt64) COMMENT 'count()',
  `sum_2da63c5a` SimpleAggregateFunction(sum, Int128) COMMENT 'sum(bytes)'
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(bucket)
ORDER BY (bucket, `service`)
TTL toDateTime(bucket) + toIntervalSecond(15552000)
SETTINGS non_replicated_deduplication_window = 10000, index_granularity_bytes = 262144, ttl_only_drop_parts = 1
COMMENT 'rtdash:clickhouse.rollup/rollup_requests_250ms_by_service states of requests';

CREATE MATERIALIZED VIEW IF NOT EXISTS `observability`.`rollup_requests_250ms_by_service__21af9971`
TO `observability`.`rollup_requests_250ms_by_service`
AS SELECT fromUnixTimestamp64Milli(toUnixTimestamp64Milli(toDateTime64(`timestamp`, 3, 'UTC')) - positiveModulo(toUnixTimestamp64Milli(toDateTime64(`timestamp`, 3, 'UTC')), 250), 'UTC') AS `bucket`, `service` AS `service`, count() AS `count_3c5bb3f2`, CAST(sumIf(CAST(`bytes`, 'Int128'), 1), 'Int128') AS `sum_2da63c5a` FROM `observability`.`requests` WHERE _canary = 0 GROUP BY `bucket`, `service`
COMMENT 'rtdash:clickhouse.rollup/rollup_requests_250ms_by_service fills it';
