CREATE OR REPLACE VIEW `flights`.`late_share`
AS SELECT timestamp, if(isFinite((toFloat64(`m_count_29d9c1dc`) / nullIf(toFloat64(`m_count_3c5bb3f2`), 0))), (toFloat64(`m_count_29d9c1dc`) / nullIf(toFloat64(`m_count_3c5bb3f2`), 0)), NULL) AS value FROM (SELECT toDateTime64(toStartOfDay(toTimeZone(bucket, 'UTC')), 3, 'UTC') AS timestamp, sum(`count_29d9c1dc`) AS `m_count_29d9c1dc`, sum(`count_3c5bb3f2`) AS `m_count_3c5bb3f2` FROM `flights`.`rollup_flights_1m` GROUP BY timestamp)
COMMENT 'rtdash:clickhouse.view/late_share metric late_share';
