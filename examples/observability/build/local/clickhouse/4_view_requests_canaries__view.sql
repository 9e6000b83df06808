CREATE MATERIALIZED VIEW IF NOT EXISTS `observability`.`requests_canaries__view`
TO `observability`.`requests_canaries`
AS SELECT fromUnixTimestamp64Milli(toInt64(_canary), 'UTC') AS sent, toDateTime64(`timestamp`, 3, 'UTC') AS ts, ingested_at AS ingested_at FROM `observability`.`requests` WHERE _canary != 0
COMMENT 'rtdash:clickhouse.view/requests_canaries__view canaries of source requests';
