CREATE OR REPLACE VIEW `shop`.`p99_latency_1h` ON CLUSTER `main`
AS SELECT timestamp, if(isFinite(toFloat64(`m_quantile_7ae48987_0_99`)), toFloat64(`m_quantile_7ae48987_0_99`), NULL) AS value FROM (SELECT fromUnixTimestamp64Milli(toUnixTimestamp64Milli(bucket) - positiveModulo(toUnixTimestamp64Milli(bucket), 3600000), 'UTC') AS timestamp, quantileDDMerge(0.01, 0.99)(`quantile_7ae48987`) AS `m_quantile_7ae48987_0_99` FROM `shop`.`rollup_events_30s` GROUP BY timestamp)
COMMENT 'rtdash:clickhouse.view/p99_latency_1h metric p99_latency_1h';
