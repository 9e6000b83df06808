import type { Window } from '../model/model.js'
import { bucketLabel } from '../naming.js'

/** `5m`, `250ms`; `null` is `forever`. */
export const duration = (ms: number | null): string => (ms === null ? 'forever' : bucketLabel(ms))

/** `5m` or `day`, as the file writes it. */
export const windowText = (window: Window): string => (window.kind === 'trailing' ? duration(window.ms) : window.unit)

/** `12,000`: the same on every machine, whatever its locale. */
export const count = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 0 })
