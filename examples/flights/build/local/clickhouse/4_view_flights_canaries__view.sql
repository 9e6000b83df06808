CREATE MATERIALIZED VIEW IF NOT EXISTS `flights`.`flights_canaries__view`
TO `flights`.`flights_canaries`
AS SELECT fromUnixTimestamp64Milli(toInt64(_canary), 'UTC') AS sent, toDateTime64(`date`, 3, 'UTC') AS ts, ingested_at AS ingested_at FROM `flights`.`flights` WHERE _canary != 0
COMMENT 'rtdash:clickhouse.view/flights_canaries__view canaries of source flights';
