export type Verdict = 'ok' | 'warning' | 'problem' | 'skipped'
export type Component = 'local' | 'clickhouse' | 'kafka' | 'flink' | 'redis' | 'service'

/** One thing that was looked at. */
export interface Finding {
  readonly component: Component
  /** Stable name of the check. */
  readonly check: string
  readonly verdict: Verdict
  /** What there is, in words. */
  readonly observed: string
  /** What to do about it. */
  readonly advice?: string
}

/** What `doctor` prints under `--json` (schemas/doctor.schema.json). */
export interface DoctorReport {
  /** No problem was found; warnings may have been. */
  readonly ok: boolean
  readonly target: string
  readonly checks: readonly Finding[]
}

/** A finding without its component. */
export type Told = Omit<Finding, 'component'>

export const ok = (check: string, observed: string): Told => ({ check, verdict: 'ok', observed })
export const warning = (check: string, observed: string, advice: string): Told => ({
  check,
  verdict: 'warning',
  observed,
  advice,
})
export const problem = (check: string, observed: string, advice: string): Told => ({
  check,
  verdict: 'problem',
  observed,
  advice,
})
export const skipped = (check: string, observed: string): Told => ({ check, verdict: 'skipped', observed })
