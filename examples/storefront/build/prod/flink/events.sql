SET 'execution.buffer-timeout.interval' = '5 ms';

SET 'execution.checkpointing.externalized-checkpoint-retention' = 'RETAIN_ON_CANCELLATION';

SET 'execution.checkpointing.interval' = '10 s';

SET 'execution.checkpointing.mode' = 'EXACTLY_ONCE';

SET 'parallelism.default' = '1';

SET 'pipeline.auto-watermark-interval' = '50 ms';

SET 'pipeline.name' = 'rtdash.shop.events';

SET 'state.backend.type' = 'hashmap';

SET 'table.local-time-zone' = 'UTC';

CREATE TEMPORARY TABLE `events__topic` (
  `event_id` DECIMAL(20, 0),
  `event_type` STRING,
  `user_id` DECIMAL(20, 0),
  `value` DECIMAL(18, 2),
  `ts` BIGINT,
  `region` STRING,
  `_canary` BIGINT,
  `_recorded` TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL,
  `_rowtime` AS CASE WHEN TO_TIMESTAMP_LTZ(`ts`, 3) <= `_recorded` THEN TO_TIMESTAMP_LTZ(`ts`, 3) ELSE `_recorded` END,
  WATERMARK FOR `_rowtime` AS `_rowtime` - INTERVAL '0.200' SECOND
) WITH (
  'connector' = 'kafka',
  'topic' = 'raw-events',
  'properties.bootstrap.servers' = '${KAFKA_BROKERS}',
  'properties.group.id' = 'rtdash.shop.events',
  'properties.auto.offset.reset' = 'latest',
  'scan.startup.mode' = 'group-offsets',
  'scan.topic-partition-discovery.interval' = '30 s',
  'scan.watermark.idle-timeout' = '500 ms',
  'format' = 'json',
  'json.ignore-parse-errors' = 'true',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TEMPORARY VIEW `events` AS
SELECT `event_id` AS `event_id`, `event_type` AS `event_type`, `user_id` AS `user_id`, `value` AS `value`, TO_TIMESTAMP_LTZ(`ts`, 3) AS `ts`, `region` AS `region`, COALESCE(`_canary`, 0) AS `_canary`, `_rowtime` FROM `events__topic` WHERE `ts` IS NOT NULL;

CREATE TEMPORARY TABLE `_updates` (
  `metric` STRING NOT NULL,
  `timestamp` BIGINT NOT NULL,
  `series` STRING NOT NULL,
  `value` DOUBLE,
  `exact` STRING,
  PRIMARY KEY (`metric`, `timestamp`, `series`) NOT ENFORCED
) WITH (
  'connector' = 'upsert-kafka',
  'topic' = 'shop.updates',
  'properties.bootstrap.servers' = '${KAFKA_BROKERS}',
  'properties.linger.ms' = '0',
  'key.format' = 'json',
  'value.format' = 'json',
  'sink.delivery-guarantee' = 'at-least-once'
);

EXECUTE STATEMENT SET
BEGIN
INSERT INTO `_updates` (`metric`, `timestamp`, `series`, `value`, `exact`)
SELECT 'requests_per_second', `timestamp`, `series`, CASE WHEN ABS(`value`) <= 1.7976931348623157E308 THEN `value` END, `exact` FROM (
  SELECT UNIX_TIMESTAMP(DATE_FORMAT(`window_end`, 'yyyy-MM-dd HH:mm:ss')) * 1000 + CAST(DATE_FORMAT(`window_end`, 'SSS') AS BIGINT) AS `timestamp`, CASE WHEN `_total` = 1 THEN '' ELSE JSON_OBJECT(KEY 'region' VALUE CAST(`region` AS STRING) NULL ON NULL) END AS `series`, (CAST(`count_3c5bb3f2` AS DOUBLE) / NULLIF(CAST('1' AS DOUBLE), 0E0)) AS `value`, CAST(NULL AS STRING) AS `exact` FROM (
    SELECT `window_start`, `window_end`, GROUPING(`region`) AS `_total`, `region`, COUNT(*) AS `count_3c5bb3f2`
    FROM TABLE(HOP(TABLE `events`, DESCRIPTOR(`_rowtime`), INTERVAL '0.250' SECOND, INTERVAL '1.000' SECOND))
    WHERE `_canary` = 0
    GROUP BY `window_start`, `window_end`, GROUPING SETS ((`region`), ())
  )
);

INSERT INTO `_updates` (`metric`, `timestamp`, `series`, `value`, `exact`)
SELECT '_canary.events', UNIX_TIMESTAMP(DATE_FORMAT(`window_end`, 'yyyy-MM-dd HH:mm:ss')) * 1000 + CAST(DATE_FORMAT(`window_end`, 'SSS') AS BIGINT) AS `timestamp`, CAST(`_canary` AS STRING), CAST(`_canary` AS DOUBLE), CAST(NULL AS STRING) FROM (
  SELECT `window_start`, `window_end`, `_canary`
  FROM TABLE(TUMBLE(TABLE `events`, DESCRIPTOR(`_rowtime`), INTERVAL '0.250' SECOND))
  WHERE `_canary` > 0
  GROUP BY `window_start`, `window_end`, `_canary`
);
END;
