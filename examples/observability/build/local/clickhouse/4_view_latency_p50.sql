CREATE OR REPLACE VIEW `observability`.`latency_p50`
AS SELECT timestamp, `service`, if(isFinite(toFloat64(`m_quantile_1f13babf_0_5`)), toFloat64(`m_quantile_1f13babf_0_5`), NULL) AS value FROM (SELECT fromUnixTimestamp64Milli(toUnixTimestamp64Milli(bucket) - positiveModulo(toUnixTimestamp64Milli(bucket), 300000), 'UTC') AS timestamp, `service`, quantileDDMerge(0.01, 0.5)(`quantile_1f13babf`) AS `m_quantile_1f13babf_0_5` FROM `observability`.`rollup_requests_5s_by_service` GROUP BY timestamp, `service`)
COMMENT 'rtdash:clickhouse.view/latency_p50 metric latency_p50';
