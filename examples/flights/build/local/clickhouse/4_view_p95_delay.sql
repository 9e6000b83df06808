CREATE OR REPLACE VIEW `flights`.`p95_delay`
AS SELECT timestamp, if(isFinite(toFloat64(`m_quantile_85db868a_0_95`)), toFloat64(`m_quantile_85db868a_0_95`), NULL) AS value FROM (SELECT toDateTime64(toStartOfDay(toTimeZone(bucket, 'UTC')), 3, 'UTC') AS timestamp, quantileDDMerge(0.01, 0.95)(`quantile_85db868a`) AS `m_quantile_85db868a_0_95` FROM `flights`.`rollup_flights_1m` GROUP BY timestamp)
COMMENT 'rtdash:clickhouse.view/p95_delay metric p95_delay';
