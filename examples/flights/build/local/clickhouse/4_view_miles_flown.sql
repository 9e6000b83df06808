CREATE OR REPLACE VIEW `flights`.`miles_flown`
AS SELECT timestamp, if(isFinite(toFloat64(`m_sum_3ae0d518`)), toFloat64(`m_sum_3ae0d518`), NULL) AS value FROM (SELECT toDateTime64(toStartOfDay(toTimeZone(bucket, 'UTC')), 3, 'UTC') AS timestamp, sum(`sum_3ae0d518`) AS `m_sum_3ae0d518` FROM `flights`.`rollup_flights_1m` GROUP BY timestamp)
COMMENT 'rtdash:clickhouse.view/miles_flown metric miles_flown';
