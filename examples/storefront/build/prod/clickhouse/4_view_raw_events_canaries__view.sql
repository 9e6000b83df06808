CREATE MATERIALIZED VIEW IF NOT EXISTS `shop`.`raw_events_canaries__view` ON CLUSTER `main`
TO `shop`.`raw_events_canaries_local`
AS SELECT fromUnixTimestamp64Milli(toInt64(_canary), 'UTC') AS sent, toDateTime64(`ts`, 3, 'UTC') AS ts, ingested_at AS ingested_at FROM `shop`.`raw_events_local` WHERE _canary != 0
COMMENT 'rtdash:clickhouse.view/raw_events_canaries__view canaries of source events';
