CREATE TABLE IF NOT EXISTS `flights`.`rollup_flights_1m`
(
  `bucket` DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
  `count_29d9c1dc` SimpleAggregateFunction(sum, UInt64) COMMENT 'count() filter (where delay > 15)',
  `count_3c5bb3f2` SimpleAggregateFunction(sum, UInt64) COMMENT 'count()',
  `max_f49ea9d4` SimpleAggregateFunction(max, Nullable(Int16)) COMMENT 'max(delay)',
  `quantile_85db868a` AggregateFunction(quantileDD(0.01, 0.5), Float64) COMMENT 'quantile(delay)',
  `sum_3ae0d518` SimpleAggregateFunction(sum, UInt64) COMMENT 'sum(distance)'
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(bucket)
ORDER BY (bucket)
SETTINGS non_replicated_deduplication_window = 10000, index_granularity_bytes = 262144
COMMENT 'rtdash:clickhouse.rollup/rollup_flights_1m states of flights';

CREATE MATERIALIZED VIEW IF NOT EXISTS `flights`.`rollup_flights_1m__ef243020`
TO `flights`.`rollup_flights_1m`
AS SELECT fromUnixTimestamp64Milli(toUnixTimestamp64Milli(toDateTime64(`date`, 3, 'UTC')) - positiveModulo(toUnixTimestamp64Milli(toDateTime64(`date`, 3, 'UTC')), 60000), 'UTC') AS `bucket`, countIf(`delay` > 15) AS `count_29d9c1dc`, count() AS `count_3c5bb3f2`, maxOrNullIf(CAST(`delay`, 'Int16'), 1) AS `max_f49ea9d4`, quantileDDStateIf(0.01, 0.5)(toFloat64(`delay`), isFinite(toFloat64(`delay`))) AS `quantile_85db868a`, CAST(sumIf(CAST(`distance`, 'UInt64'), 1), 'UInt64') AS `sum_3ae0d518` FROM `flights`.`flights` WHERE _canary = 0 GROUP BY `bucket`
COMMENT 'rtdash:clickhouse.rollup/rollup_flights_1m fills it';
