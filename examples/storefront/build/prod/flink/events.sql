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
SELECT `event_id` AS `event_id`, `event_type` AS `event_type`, `user_id` AS `user_id`, `value` AS `value`, TO_TIMESTAMP_LTZ(`ts`, 3) AS `ts`, `region` AS `region`, COALESCE(`_canary`, 0) AS `_canary`, `_recorded`, `_rowtime` FROM `events__topic` WHERE `ts` IS NOT NULL;

CREATE TEMPORARY TABLE `_updates` (
  `metric` STRING NOT NULL,
  `timestamp` BIGINT NOT NULL,
  `meaning` STRING,
  `value` DOUBLE,
  `exact` STRING,
  `series` STRING,
  PRIMARY KEY (`metric`, `timestamp`) NOT ENFORCED
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
INSERT INTO `_updates` (`metric`, `timestamp`, `meaning`, `value`, `exact`, `series`)
SELECT 'requests_per_second', UNIX_TIMESTAMP(DATE_FORMAT(`window_end`, 'yyyy-MM-dd HH:mm:ss')) * 1000 + CAST(DATE_FORMAT(`window_end`, 'SSS') AS BIGINT), '05301a90597c', `_value`, `_exact`, '[' || `_series` || ']' FROM (
  SELECT `window_start`, `window_end`, MAX(CASE WHEN `_total` = 1 THEN `_value` END) AS `_value`, MAX(CASE WHEN `_total` = 1 THEN `_exact` END) AS `_exact`,
    LISTAGG(CASE WHEN `_total` = 0 THEN JSON_OBJECT(KEY 'by' VALUE JSON_OBJECT(KEY 'region' VALUE CAST(`region` AS STRING) NULL ON NULL), KEY 'value' VALUE `_value`, KEY 'exact' VALUE `_exact` NULL ON NULL) END, ',') AS `_series`
  FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY `window_start`, `window_end`, `_total` ORDER BY `_value` DESC, CAST(`region` AS STRING)) AS `_nth` FROM (
    SELECT `window_start`, `window_end`, `_total`, `region`, CASE WHEN ABS(`_value`) <= 1.7976931348623157E308 THEN `_value` END AS `_value`, `_exact` FROM (
      SELECT `window_start`, `window_end`, `_total`, `region`, (CAST(`count_3c5bb3f2` AS DOUBLE) / NULLIF(CAST('1' AS DOUBLE), 0E0)) AS `_value`, CAST(NULL AS STRING) AS `_exact` FROM (
        SELECT `window_start`, `window_end`, GROUPING(`region`) AS `_total`, `region`, COUNT(*) AS `count_3c5bb3f2`
        FROM TABLE(HOP(TABLE `events`, DESCRIPTOR(`_rowtime`), INTERVAL '0.250' SECOND, INTERVAL '1.000' SECOND))
        WHERE `_canary` = 0
        GROUP BY `window_start`, `window_end`, GROUPING SETS ((`region`), ())
      )
    )
  )) WHERE `_nth` <= 101 GROUP BY `window_start`, `window_end`
);

INSERT INTO `_updates` (`metric`, `timestamp`, `meaning`, `value`, `exact`, `series`)
SELECT '_canary.events', UNIX_TIMESTAMP(DATE_FORMAT(CAST(`_rowtime` AS TIMESTAMP(3)), 'yyyy-MM-dd HH:mm:ss')) * 1000 + CAST(DATE_FORMAT(CAST(`_rowtime` AS TIMESTAMP(3)), 'SSS') AS BIGINT), CAST(NULL AS STRING), CAST(`_canary` AS DOUBLE), CAST(UNIX_TIMESTAMP(DATE_FORMAT(CAST(`_recorded` AS TIMESTAMP(3)), 'yyyy-MM-dd HH:mm:ss')) * 1000 + CAST(DATE_FORMAT(CAST(`_recorded` AS TIMESTAMP(3)), 'SSS') AS BIGINT) AS STRING), CAST(NULL AS STRING)
FROM `events` WHERE `_canary` > 0;
END;
