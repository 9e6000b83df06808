import { Flags } from '@oclif/core'
import { UsageError } from './errors.js'

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `30s`, `1h`, `250ms` in ms. */
export function parseDuration(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? []
  const ms = Number(amount) * (units[unit ?? ''] ?? Number.NaN)
  if (!(ms > 0)) throw new UsageError(`"${text}" is not a duration`, 'write it like 30s, 5m or 1h')
  return ms
}

/** A flag whose value is a duration, in ms. */
export const durationFlag = Flags.custom<number>({
  helpValue: 'DURATION',
  parse: async text => parseDuration(text),
})
