CREATE OR REPLACE VIEW `observability`.`write_share`
AS SELECT timestamp, if(isFinite((toFloat64(`m_count_4467dfd5`) / nullIf(toFloat64(`m_count_3c5bb3f2`), 0))), (toFloat64(`m_count_4467dfd5`) / nullIf(toFloat64(`m_count_3c5bb3f2`), 0)), NULL) AS value FROM (SELECT toDateTime64(toStartOfDay(toTimeZone(bucket, 'UTC')), 3, 'UTC') AS timestamp, sum(`count_4467dfd5`) AS `m_count_4467dfd5`, sum(`count_3c5bb3f2`) AS `m_count_3c5bb3f2` FROM `observability`.`rollup_requests_1m` GROUP BY timestamp)
COMMENT 'rtdash:clickhouse.view/write_share metric write_share';
