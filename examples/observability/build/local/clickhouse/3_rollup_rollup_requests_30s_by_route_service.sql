CREATE TABLE IF NOT EXISTS `observability`.`rollup_requests_30s_by_route_service`
(
  `bucket` DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
  `route` LowCardinality(String),
  `service` LowCardinality(String),
  `count_90bb5726` SimpleAggregateFunction(sum, UInt64) COMMENT 'count() filter (where duration_ms > 1000)'
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(bucket)
ORDER BY (bucket, `route`, `service`)
TTL toDateTime(bucket) + toIntervalSecond(15552000)
SETTINGS non_replicated_deduplication_window = 10000, index_granularity_bytes = 262144, ttl_only_drop_parts = 1
COMMENT 'rtdash:clickhouse.rollup/rollup_requests_30s_by_route_service states of requests';

CREATE MATERIALIZED VIEW IF NOT EXISTS `observability`.`rollup_requests_30s_by_route_service__8f857c4d`
TO `observability`.`rollup_requests_30s_by_route_service`
AS SELECT fromUnixTimestamp64Milli(toUnixTimestamp64Milli(toDateTime64(`timestamp`, 3, 'UTC')) - positiveModulo(toUnixTimestamp64Milli(toDateTime64(`timestamp`, 3, 'UTC')), 30000), 'UTC') AS `bucket`, `route` AS `route`, `service` AS `service`, countIf(`duration_ms` > 1000) AS `count_90bb5726` FROM `observability`.`requests` WHERE _canary = 0 GROUP BY `bucket`, `route`, `service`
COMMENT 'rtdash:clickhouse.rollup/rollup_requests_30s_by_route_service fills it';
