CREATE OR REPLACE VIEW `shop`.`requests_per_second`
AS SELECT timestamp, `region`, if(isFinite((toFloat64(`m_count_3c5bb3f2`) / nullIf(toFloat64(1), 0))), (toFloat64(`m_count_3c5bb3f2`) / nullIf(toFloat64(1), 0)), NULL) AS value FROM (SELECT fromUnixTimestamp64Milli(toUnixTimestamp64Milli(bucket) - positiveModulo(toUnixTimestamp64Milli(bucket), 1000), 'UTC') AS timestamp, `region`, sum(`count_3c5bb3f2`) AS `m_count_3c5bb3f2` FROM `shop`.`rollup_events_250ms_by_region` GROUP BY timestamp, `region`)
COMMENT 'rtdash:clickhouse.view/requests_per_second metric requests_per_second';
