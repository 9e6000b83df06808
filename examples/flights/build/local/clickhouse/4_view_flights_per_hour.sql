CREATE OR REPLACE VIEW `flights`.`flights_per_hour`
AS SELECT timestamp, if(isFinite(toFloat64(`m_count_3c5bb3f2`)), toFloat64(`m_count_3c5bb3f2`), NULL) AS value FROM (SELECT toDateTime64(toStartOfHour(toTimeZone(bucket, 'UTC')), 3, 'UTC') AS timestamp, sum(`count_3c5bb3f2`) AS `m_count_3c5bb3f2` FROM `flights`.`rollup_flights_1m` GROUP BY timestamp)
COMMENT 'rtdash:clickhouse.view/flights_per_hour metric flights_per_hour';
