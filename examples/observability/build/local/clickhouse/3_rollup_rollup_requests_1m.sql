CREATE TABLE IF NOT EXISTS `observability`.`rollup_requests_1m`
(
  `bucket` DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
  `count_3c5bb3f2` SimpleAggregateFunction(sum, UInt64) COMMENT 'count()',
  `count_4467dfd5` SimpleAggregateFunction(sum, UInt64) COMMENT 'count() filter (where method in (\'POST\', \'PUT\', \'PATCH\', \'DELETE\'))'
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(bucket)
ORDER BY (bucket)
TTL toDateTime(bucket) + toIntervalSecond(15552000)
SETTINGS non_replicated_deduplication_window = 10000, index_granularity_bytes = 262144, ttl_only_drop_parts = 1
COMMENT 'rtdash:clickhouse.rollup/rollup_requests_1m states of requests';

CREATE MATERIALIZED VIEW IF NOT EXISTS `observability`.`rollup_requests_1m__7dc79bfc`
TO `observability`.`rollup_requests_1m`
AS SELECT fromUnixTimestamp64Milli(toUnixTimestamp64Milli(toDateTime64(`timestamp`, 3, 'UTC')) - positiveModulo(toUnixTimestamp64Milli(toDateTime64(`timestamp`, 3, 'UTC')), 60000), 'UTC') AS `bucket`, count() AS `count_3c5bb3f2`, countIf(`method` IN ('POST', 'PUT', 'PATCH', 'DELETE')) AS `count_4467dfd5` FROM `observability`.`requests` WHERE _canary = 0 GROUP BY `bucket`
COMMENT 'rtdash:clickhouse.rollup/rollup_requests_1m fills it';
