CREATE OR REPLACE VIEW `observability`.`slow_routes`
AS SELECT timestamp, `service`, `route`, if(isFinite(toFloat64(`m_count_90bb5726`)), toFloat64(`m_count_90bb5726`), NULL) AS value FROM (SELECT fromUnixTimestamp64Milli(toUnixTimestamp64Milli(bucket) - positiveModulo(toUnixTimestamp64Milli(bucket), 3600000), 'UTC') AS timestamp, `service`, `route`, sum(`count_90bb5726`) AS `m_count_90bb5726` FROM `observability`.`rollup_requests_30s_by_route_service` GROUP BY timestamp, `service`, `route`)
COMMENT 'rtdash:clickhouse.view/slow_routes metric slow_routes';
