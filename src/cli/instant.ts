import { Flags } from '@oclif/core'
import { parseDuration } from './duration.js'
import { UsageError } from './errors.js'

/** `2026-11-01`, `2026-11-01T12:00[:00[.000]][Z]` (UTC without a zone), or `2d`: so long before `now`. Epoch ms. */
export function parseInstant(text: string, now: number = Date.now()): number {
  if (/^\d+(\.\d+)?(ms|s|m|h|d)$/.test(text)) return now - parseDuration(text)
  const iso = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?)?$/.exec(text)
  const zoned = iso?.[4] !== undefined || iso?.[1] === undefined ? text : `${text}Z`
  const ms = iso ? Date.parse(zoned.replace(' ', 'T')) : Number.NaN
  if (Number.isNaN(ms))
    throw new UsageError(`"${text}" is no instant`, 'write it like 2026-11-01, 2026-11-01T12:00:00Z or 2d (ago)')
  return ms
}

/** A flag whose value is an instant, epoch ms. */
export const instantFlag = Flags.custom<number>({
  helpValue: 'T',
  parse: async text => parseInstant(text),
})
