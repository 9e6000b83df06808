CREATE OR REPLACE VIEW `flights`.`worst_delay`
AS SELECT timestamp, if(isFinite(toFloat64(`m_max_f49ea9d4`)), toFloat64(`m_max_f49ea9d4`), NULL) AS value FROM (SELECT toDateTime64(toStartOfDay(toTimeZone(bucket, 'UTC')), 3, 'UTC') AS timestamp, max(`max_f49ea9d4`) AS `m_max_f49ea9d4` FROM `flights`.`rollup_flights_1m` GROUP BY timestamp)
COMMENT 'rtdash:clickhouse.view/worst_delay metric worst_delay';
