import { counted } from './counted.js'

/** How far a simulation has come, in one line. */
export function simulationText(sofar: {
  readonly accepted: number
  readonly rejected: number
  readonly elapsedMs: number
}): string {
  const rate = sofar.elapsedMs > 0 ? Math.round((sofar.accepted / sofar.elapsedMs) * 1000) : 0
  return `${counted(sofar.accepted, 'event')} accepted, ${sofar.rejected} rejected, ${rate.toLocaleString('en-US')}/s`
}
