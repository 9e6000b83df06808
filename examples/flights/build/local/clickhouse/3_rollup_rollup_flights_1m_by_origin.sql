CREATE TABLE IF NOT EXISTS `flights`.`rollup_flights_1m_by_origin`
(
  `bucket` DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
  `origin` LowCardinality(String),
  `count_3c5bb3f2` SimpleAggregateFunction(sum, UInt64) COMMENT 'count()',
  `sum_37e2ca21` SimpleAggregateFunction(sum, Int64) COMMENT 'sum(delay)'
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(bucket)
ORDER BY (bucket, `origin`)
SETTINGS non_replicated_deduplication_window = 10000, index_granularity_bytes = 262144
COMMENT 'rtdash:clickhouse.rollup/rollup_flights_1m_by_origin states of flights';

CREATE MATERIALIZED VIEW IF NOT EXISTS `flights`.`rollup_flights_1m_by_origin__903fe6ba`
TO `flights`.`rollup_flights_1m_by_origin`
AS SELECT fromUnixTimestamp64Milli(toUnixTimestamp64Milli(toDateTime64(`date`, 3, 'UTC')) - positiveModulo(toUnixTimestamp64Milli(toDateTime64(`date`, 3, 'UTC')), 60000), 'UTC') AS `bucket`, `origin` AS `origin`, count() AS `count_3c5bb3f2`, CAST(sumIf(CAST(`delay`, 'Int64'), 1), 'Int64') AS `sum_37e2ca21` FROM `flights`.`flights` WHERE _canary = 0 GROUP BY `bucket`, `origin`
COMMENT 'rtdash:clickhouse.rollup/rollup_flights_1m_by_origin fills it';
