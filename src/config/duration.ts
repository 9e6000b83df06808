const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
type Unit = keyof typeof units

/** Ten years: longer is a slip of the pen. */
export const maxDurationMs = 3650 * units.d

/** `250ms`, `5s`, `5m`, `1h`, `90d` as milliseconds; undefined when it is not a duration. May exceed `maxDurationMs`. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,15})(ms|s|m|h|d)$/.exec(text)
  return match === null ? undefined : Number(match[1]) * units[match[2] as Unit]
}

/** The way out for a text that should have been a duration: the same length in our spelling, where that can be told. */
export function durationFix(text: string): string | undefined {
  const meant = guess(text.trim().toLowerCase())
  return meant === undefined ? undefined : `write ${meant}`
}

const words: Readonly<Record<string, number>> = {
  milliseconds: 1,
  millisecond: 1,
  millis: 1,
  msec: 1,
  ms: 1,
  seconds: 1000,
  second: 1000,
  secs: 1000,
  sec: 1000,
  s: 1000,
  minutes: 60_000,
  minute: 60_000,
  mins: 60_000,
  min: 60_000,
  m: 60_000,
  hours: 3_600_000,
  hour: 3_600_000,
  hrs: 3_600_000,
  hr: 3_600_000,
  h: 3_600_000,
  days: 86_400_000,
  day: 86_400_000,
  d: 86_400_000,
  weeks: 604_800_000,
  week: 604_800_000,
  w: 604_800_000,
  years: 31_536_000_000,
  year: 31_536_000_000,
  y: 31_536_000_000,
}

function guess(text: string): string | undefined {
  if (/^\d{1,12}$/.test(text))
    return Number(text) === 0 ? undefined : `${Number(text)}s for seconds, ${Number(text)}ms for milliseconds`
  if (text.length > 40 || !/^(\d+(\.\d+)?\s*[a-z]+\s*)+$/.test(text)) return undefined
  let total = 0
  for (const [, count, word] of text.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)/g)) {
    const size = words[word!]
    if (size === undefined) return undefined
    total += Number(count) * size
  }
  const ms = Math.round(total)
  return ms > 0 && ms <= maxDurationMs ? durationText(ms) : undefined
}

/** Milliseconds in the largest unit that divides them: 5400000 → `90m`. */
export function durationText(ms: number): string {
  for (const unit of ['d', 'h', 'm', 's'] as const)
    if (ms !== 0 && ms % units[unit] === 0) return `${ms / units[unit]}${unit}`
  return `${ms}ms`
}
