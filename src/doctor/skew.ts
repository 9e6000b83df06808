import { duration } from '../format/quantity.js'
import { ok, problem, type Told, warning } from './report.js'

/** How far another clock is ahead of ours, ms; the truth lies within `uncertainty` of it. */
export interface Skew {
  readonly ahead: number
  readonly uncertainty: number
}

/** A refresh of tier 1 settles 200 ms: clocks that differ by more make its newest window miss events. */
const WARN_MS = 200
const PROBLEM_MS = 5000
const ROUNDS = 5

/** Asks a clock some times, and goes by the quickest answer. `ask` yields epoch ms. */
export async function measureSkew(ask: () => Promise<number>): Promise<Skew> {
  let best: Skew | undefined
  for (let round = 0; round < ROUNDS; round++) {
    const [wall, sent] = [Date.now(), performance.now()]
    const theirs = await ask()
    const half = (performance.now() - sent) / 2
    if (best === undefined || half < best.uncertainty) best = { ahead: theirs - (wall + half), uncertainty: half }
  }
  return best!
}

export function skewFinding({ ahead, uncertainty }: Skew): Told {
  const least = Math.max(0, Math.abs(ahead) - uncertainty)
  const text =
    least === 0
      ? `in step, within ${duration(Math.max(1, uncertainty))}`
      : `${duration(Math.abs(ahead))} ${ahead > 0 ? 'ahead of' : 'behind'} this machine`
  const advice = 'keep both clocks in step by NTP: windows end by the clock'
  if (least > PROBLEM_MS) return problem('clock', text, advice)
  return least > WARN_MS ? warning('clock', text, advice) : ok('clock', text)
}
