CREATE OR REPLACE VIEW `observability`.`bytes_per_second`
AS SELECT timestamp, `service`, if(isFinite((toFloat64(`m_sum_2da63c5a`) / nullIf(toFloat64(10), 0))), (toFloat64(`m_sum_2da63c5a`) / nullIf(toFloat64(10), 0)), NULL) AS value FROM (SELECT fromUnixTimestamp64Milli(toUnixTimestamp64Milli(bucket) - positiveModulo(toUnixTimestamp64Milli(bucket), 10000), 'UTC') AS timestamp, `service`, sum(`sum_2da63c5a`) AS `m_sum_2da63c5a` FROM `observability`.`rollup_requests_250ms_by_service` GROUP BY timestamp, `service`)
COMMENT 'rtdash:clickhouse.view/bytes_per_second metric bytes_per_second';
