CREATE OR REPLACE VIEW `flights`.`flights_by_origin`
AS SELECT timestamp, `origin`, if(isFinite(toFloat64(`m_count_3c5bb3f2`)), toFloat64(`m_count_3c5bb3f2`), NULL) AS value FROM (SELECT toDateTime64(toStartOfDay(toTimeZone(bucket, 'UTC')), 3, 'UTC') AS timestamp, `origin`, sum(`count_3c5bb3f2`) AS `m_count_3c5bb3f2` FROM `flights`.`rollup_flights_1m_by_origin` GROUP BY timestamp, `origin`)
COMMENT 'rtdash:clickhouse.view/flights_by_origin metric flights_by_origin';
