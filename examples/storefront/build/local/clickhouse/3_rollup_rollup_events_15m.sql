CREATE TABLE IF NOT EXISTS `shop`.`rollup_events_15m`
(
  `bucket` DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
  `uniq_8eedb31d` AggregateFunction(uniqCombined64(14), UInt64) COMMENT 'uniq(user_id)'
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(bucket)
ORDER BY (bucket)
TTL toDateTime(bucket) + toIntervalSecond(31536000)
SETTINGS non_replicated_deduplication_window = 10000, index_granularity_bytes = 262144, ttl_only_drop_parts = 1
COMMENT 'rtdash:clickhouse.rollup/rollup_events_15m states of events';

CREATE MATERIALIZED VIEW IF NOT EXISTS `shop`.`rollup_events_15m__0d7b2eb7`
TO `shop`.`rollup_events_15m`
AS SELECT fromUnixTimestamp64Milli(toUnixTimestamp64Milli(toDateTime64(`ts`, 3, 'UTC')) - positiveModulo(toUnixTimestamp64Milli(toDateTime64(`ts`, 3, 'UTC')), 900000), 'UTC') AS `bucket`, uniqCombined64StateIf(14)(CAST(`user_id`, 'UInt64'), 1) AS `uniq_8eedb31d` FROM `shop`.`raw_events` WHERE _canary = 0 GROUP BY `bucket`
COMMENT 'rtdash:clickhouse.rollup/rollup_events_15m fills it';
