/** A metric's clock: durations in ms. */
export interface Beat {
  readonly refreshMs: number
  readonly settleMs: number
}

export const floorTo = (ms: number, step: number): number => Math.floor(ms / step) * step

/** The instant whose value is due at `now`: the same on every node (3-semantics.md, "Time"). */
export const asofAt = (now: number, beat: Beat): number => floorTo(now - beat.settleMs, beat.refreshMs)

/** When the next instant becomes due, epoch ms; always after `now`. */
export const nextBeat = (now: number, beat: Beat): number => asofAt(now, beat) + beat.refreshMs + beat.settleMs

/** The last `count` instants up to and with `asof`, oldest first. */
export const pastInstants = (asof: number, stepMs: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => asof - (count - 1 - i) * stepMs)

/** An instant as ClickHouse reads a DateTime64(3, 'UTC') parameter. */
export const instantText = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').replace('Z', '')
