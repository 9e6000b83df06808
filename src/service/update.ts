/** One value of one metric at one instant: what viewers receive (4-protocol.md, "Updates"). */
export interface Update {
  readonly metric: string
  readonly value: number | null
  /** End of the window, epoch ms; strictly increasing per metric, and the update's id for resuming. */
  readonly timestamp: number
  /** All digits, where `value` may have been rounded: decimals, and integers beyond 2^53. */
  readonly exact?: string
  readonly series?: readonly SeriesValue[]
  readonly truncated?: true
  /** The pipeline is behind its SLA: this number must not be shown as live. */
  readonly stale?: true
  readonly canary?: Canary
}

/** The dimensions' values by name, and `value` (and `exact`) of that series. */
export interface SeriesValue {
  readonly [dimension: string]: string | number | null
}

/** When the newest canary inside the window was sent, stored and first seen by a query; epoch ms. Measures, never changes, values. */
export interface Canary {
  readonly sent: number
  readonly ingested: number
  readonly queried: number
  /** When the update was handed to the fan-out. */
  readonly published?: number
}
