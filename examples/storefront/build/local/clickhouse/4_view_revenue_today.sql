CREATE OR REPLACE VIEW `shop`.`revenue_today`
AS SELECT timestamp, if(isFinite(toFloat64(`m_sum_ae6576af`)), toFloat64(`m_sum_ae6576af`), NULL) AS value FROM (SELECT toDateTime64(toStartOfDay(toTimeZone(bucket, 'Europe/Berlin')), 3, 'Europe/Berlin') AS timestamp, sum(`sum_ae6576af`) AS `m_sum_ae6576af` FROM `shop`.`rollup_events_5s` GROUP BY timestamp)
COMMENT 'rtdash:clickhouse.view/revenue_today metric revenue_today';
