CREATE OR REPLACE VIEW `shop`.`daily_active_users`
AS SELECT timestamp, if(isFinite(toFloat64(`m_uniq_8eedb31d`)), toFloat64(`m_uniq_8eedb31d`), NULL) AS value FROM (SELECT toDateTime64(toStartOfDay(toTimeZone(bucket, 'Europe/Berlin')), 3, 'Europe/Berlin') AS timestamp, uniqCombined64Merge(14)(`uniq_8eedb31d`) AS `m_uniq_8eedb31d` FROM `shop`.`rollup_events_30s` GROUP BY timestamp)
COMMENT 'rtdash:clickhouse.view/daily_active_users metric daily_active_users';
