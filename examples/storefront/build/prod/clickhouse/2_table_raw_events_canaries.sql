CREATE TABLE IF NOT EXISTS `shop`.`raw_events_canaries` ON CLUSTER `main`
(
  `sent` DateTime64(3, 'UTC'),
  `ts` DateTime64(3, 'UTC'),
  `ingested_at` DateTime64(3, 'UTC')
)
ENGINE = Distributed('main', 'shop', 'raw_events_canaries_local')
COMMENT 'rtdash:clickhouse.table/raw_events_canaries all shards of raw_events_canaries_local';
