CREATE MATERIALIZED VIEW IF NOT EXISTS `flights`.`metric_values__flights_per_hour`
REFRESH EVERY 60 SECOND OFFSET 5 SECOND APPEND
TO `flights`.`metric_values`
SQL SECURITY NONE
AS WITH (SELECT fromUnixTimestamp64Milli(intDiv(toUnixTimestamp64Milli(now64(3)) - 5000, 60000) * 60000, 'UTC')) AS _asof SELECT 'flights_per_hour' AS metric, '760787a9' AS definition, _asof AS timestamp, total, CAST(map(), 'Map(String, Nullable(String))') AS `by`, value, exact FROM (WITH toUnixTimestamp64Milli(_asof) AS _e1, toUnixTimestamp64Milli(toDateTime64(toStartOfHour(fromUnixTimestamp64Milli(_e1, 'UTC')), 3, 'UTC')) AS _s1 SELECT _total AS total, if(isFinite(toFloat64(`m_count_3c5bb3f2`)), toFloat64(`m_count_3c5bb3f2`), NULL) AS value, if(abs(toInt256(`m_count_3c5bb3f2`)) > 9007199254740992, toString(toInt256(`m_count_3c5bb3f2`)), NULL) AS exact FROM (SELECT toUInt8(1) AS _total, sum(`count_3c5bb3f2`) AS `m_count_3c5bb3f2` FROM (SELECT `count_3c5bb3f2` FROM `flights`.`rollup_flights_1m` WHERE bucket >= fromUnixTimestamp64Milli(_s1, 'UTC') AND bucket < fromUnixTimestamp64Milli(_e1, 'UTC'))))
COMMENT 'rtdash:clickhouse.view/metric_values__flights_per_hour values of metric flights_per_hour';
