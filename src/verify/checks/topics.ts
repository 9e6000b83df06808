import { type Check, skipped } from '../check.js'

/** Partitions, replication and retention of each topic. */
export const topics: Check = {
  id: 'topics',
  group: 2,
  run: ({ compiled: { model } }) => [
    skipped(
      model.target.kafka === undefined ? 'this target has no Kafka' : 'verify does not ask Kafka about topics yet',
    ),
  ],
}
