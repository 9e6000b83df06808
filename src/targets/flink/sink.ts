import { flinkIdentifier as id } from '../../expr/valuesFlink.js'
import type { Model } from '../../model/model.js'
import { names } from '../../naming.js'
import { options } from './text.js'

/** The table over the updates topic, as the jobs know it. */
export const UPDATES = '_updates'

/**
 * Values on their way to the publisher. Key: metric and window end (epoch ms); written again after a failure it is the
 * same key and the same value. `meaning` says by which definition of the metric, for while a job gives way to another
 * both write; null for canaries. `series` is a JSON array of `{"by":{<dimension>:<text or null>},"value":…,"exact":…}`,
 * in no order, and null for a metric without dimensions. A transactional sink would hold each value back until a
 * checkpoint.
 */
export function sinkStatement(model: Model): string {
  const settings = {
    connector: 'upsert-kafka',
    topic: names.updatesTopic(model.project),
    'properties.bootstrap.servers': model.target.kafka!.brokers.template,
    'properties.linger.ms': '0',
    'key.format': 'json',
    'value.format': 'json',
    'sink.delivery-guarantee': 'at-least-once',
  }
  return [
    `CREATE TEMPORARY TABLE ${id(UPDATES)} (`,
    '  `metric` STRING NOT NULL,',
    '  `timestamp` BIGINT NOT NULL,',
    '  `meaning` STRING,',
    '  `value` DOUBLE,',
    '  `exact` STRING,',
    '  `series` STRING,',
    '  PRIMARY KEY (`metric`, `timestamp`) NOT ENFORCED',
    ') WITH (',
    options(settings),
    ')',
  ].join('\n')
}
