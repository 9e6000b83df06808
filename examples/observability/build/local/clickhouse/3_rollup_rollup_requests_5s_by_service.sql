CREATE TABLE IF NOT EXISTS `observability`.`rollup_requests_5s_by_service`
(
  `bucket` DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
  `service` LowCardinality(String),
  `count_354934da` SimpleAggregateFunction(sum, UInt64) COMMENT 'count() filter (where status >= 500)',
  `count_3c5bb3f2` SimpleAggregateFunction(sum, UInt64) COMMENT 'count()',
  `quantile_1f13babf` AggregateFunction(quantileDD(0.01, 0.5), Float64) COMMENT 'quantile(duration_ms)'
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(bucket)
ORDER BY (bucket, `service`)
TTL toDateTime(bucket) + toIntervalSecond(15552000)
SETTINGS non_replicated_deduplication_window = 10000, index_granularity_bytes = 262144, ttl_only_drop_parts = 1
COMMENT 'rtdash:clickhouse.rollup/rollup_requests_5s_by_service states of requests';

CREATE MATERIALIZED VIEW IF NOT EXISTS `observability`.`rollup_requests_5s_by_service__ffa3e1cf`
TO `observability`.`rollup_requests_5s_by_service`
AS SELECT fromUnixTimestamp64Milli(toUnixTimestamp64Milli(toDateTime64(`timestamp`, 3, 'UTC')) - positiveModulo(toUnixTimestamp64Milli(toDateTime64(`timestamp`, 3, 'UTC')), 5000), 'UTC') AS `bucket`, `service` AS `service`, countIf(`status` >= 500) AS `count_354934da`, count() AS `count_3c5bb3f2`, quantileDDStateIf(0.01, 0.5)(toFloat64(`duration_ms`), isFinite(toFloat64(`duration_ms`))) AS `quantile_1f13babf` FROM `observability`.`requests` WHERE _canary = 0 GROUP BY `bucket`, `service`
COMMENT 'rtdash:clickhouse.rollup/rollup_requests_5s_by_service fills it';
