CREATE TABLE IF NOT EXISTS `flights`.`rollup_flights_1h`
(
  `bucket` DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
  `quantile_85db868a` AggregateFunction(quantileDD(0.01, 0.5), Float64) COMMENT 'quantile(delay)'
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(bucket)
ORDER BY (bucket)
SETTINGS non_replicated_deduplication_window = 10000, index_granularity_bytes = 262144
COMMENT 'rtdash:clickhouse.rollup/rollup_flights_1h states of flights';

CREATE MATERIALIZED VIEW IF NOT EXISTS `flights`.`rollup_flights_1h__45b6053b`
TO `flights`.`rollup_flights_1h`
AS SELECT fromUnixTimestamp64Milli(toUnixTimestamp64Milli(toDateTime64(`date`, 3, 'UTC')) - positiveModulo(toUnixTimestamp64Milli(toDateTime64(`date`, 3, 'UTC')), 3600000), 'UTC') AS `bucket`, quantileDDStateIf(0.01, 0.5)(toFloat64(`delay`), isFinite(toFloat64(`delay`))) AS `quantile_85db868a` FROM `flights`.`flights` WHERE _canary = 0 GROUP BY `bucket`
COMMENT 'rtdash:clickhouse.rollup/rollup_flights_1h fills it';
