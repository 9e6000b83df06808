import { type Check, skipped } from '../check.js'

/** Subscribers that Redis shows. */
export const redis: Check = {
  id: 'redis',
  group: 4,
  run: ({ compiled: { model } }) => [
    skipped(
      model.target.redis === undefined
        ? 'this target has no Redis: the fan-out is a call'
        : 'verify does not ask Redis yet',
    ),
  ],
}
