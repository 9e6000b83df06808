import { type Check, skipped } from '../check.js'

/** Partitions assigned, and the lag of each consumer group. */
export const consumers: Check = {
  id: 'consumers',
  group: 2,
  run: ({ compiled: { model } }) => [
    skipped(
      model.target.kafka === undefined ? 'this target has no Kafka' : 'verify does not ask Kafka about consumers yet',
    ),
  ],
}
