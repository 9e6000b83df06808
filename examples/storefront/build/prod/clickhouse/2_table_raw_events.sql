CREATE TABLE IF NOT EXISTS `shop`.`raw_events` ON CLUSTER `main`
(
  `event_id` UInt64,
  `event_type` LowCardinality(String),
  `user_id` UInt64,
  `value` Decimal(18, 2),
  `ts` DateTime64(3, 'UTC'),
  `region` LowCardinality(String),
  `ingested_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC'),
  `_canary` UInt64,
  `_topic` LowCardinality(String),
  `_topic_partition` UInt32,
  `_offset` UInt64,
  `_batch` UInt64,
  `_key` UInt64
)
ENGINE = Distributed('main', 'shop', 'raw_events_local', cityHash64(`user_id`))
COMMENT 'rtdash:clickhouse.table/raw_events all shards of raw_events_local';
