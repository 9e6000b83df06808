CREATE MATERIALIZED VIEW IF NOT EXISTS `flights`.`metric_values__miles_flown`
REFRESH EVERY 60 SECOND OFFSET 5 SECOND APPEND
TO `flights`.`metric_values`
SQL SECURITY NONE
AS WITH (SELECT fromUnixTimestamp64Milli(intDiv(toUnixTimestamp64Milli(now64(3)) - 5000, 60000) * 60000, 'UTC')) AS _asof SELECT 'miles_flown' AS metric, '7b73a349' AS definition, _asof AS timestamp, total, CAST(map(), 'Map(String, Nullable(String))') AS `by`, value, exact FROM (WITH toUnixTimestamp64Milli(_asof) AS _e1, toUnixTimestamp64Milli(toDateTime64(toStartOfDay(fromUnixTimestamp64Milli(_e1, 'UTC')), 3, 'UTC')) AS _s1 SELECT _total AS total, if(isFinite(toFloat64(`m_sum_3ae0d518`)), toFloat64(`m_sum_3ae0d518`), NULL) AS value, if(abs(toInt256(`m_sum_3ae0d518`)) > 9007199254740992, toString(toInt256(`m_sum_3ae0d518`)), NULL) AS exact FROM (SELECT toUInt8(1) AS _total, sum(`sum_3ae0d518`) AS `m_sum_3ae0d518` FROM (SELECT `sum_3ae0d518` FROM `flights`.`rollup_flights_1m` WHERE bucket >= fromUnixTimestamp64Milli(_s1, 'UTC') AND bucket < fromUnixTimestamp64Milli(_e1, 'UTC'))))
COMMENT 'rtdash:clickhouse.view/metric_values__miles_flown values of metric miles_flown';
