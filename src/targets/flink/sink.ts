import { flinkIdentifier as id } from '../../expr/valuesFlink.js'
import type { Model } from '../../model/model.js'
import { names } from '../../naming.js'
import { options } from './text.js'

/** The table over the updates topic, as the jobs know it. */
export const UPDATES = '_updates'

/**
 * Values on their way to the publisher. Key: metric, window end (epoch ms), series (JSON of the dimensions' values as
 * text, empty for the total); written again after a failure it is the same key and the same value. A transactional sink
 * would hold each value back until a checkpoint.
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
    '  `series` STRING NOT NULL,',
    '  `value` DOUBLE,',
    '  `exact` STRING,',
    '  PRIMARY KEY (`metric`, `timestamp`, `series`) NOT ENFORCED',
    ') WITH (',
    options(settings),
    ')',
  ].join('\n')
}
