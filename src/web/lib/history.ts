import { type Address, apiUrl } from './address.js'
import type { Point } from './columns.js'

/** Points of the past, oldest first, and the step between them: the service may widen the one that was asked for. */
export interface Past {
  readonly points: readonly Point[]
  readonly stepMs: number
}

/** Whether the past knows more than the total: a service may keep just that. */
export const hasSeries = (past: Past): boolean => past.points.some(point => point.series !== undefined)

/** Asks the service for the points of one metric between two instants (epoch ms). Throws what the service says is wrong. */
export async function fetchHistory(
  address: Address,
  metric: string,
  request: { readonly from: number; readonly to: number; readonly step: number },
  signal: AbortSignal,
): Promise<Past> {
  const response = await fetch(apiUrl(address, `api/metrics/${encodeURIComponent(metric)}/history`, { ...request }), {
    signal,
  })
  const body: unknown = await response.json().catch(() => null)
  if (!response.ok) {
    const message = (body as { message?: unknown } | null)?.message
    throw new Error(typeof message === 'string' ? message : `the service answered ${response.status}`)
  }
  const { points, step } = (body ?? {}) as { points?: unknown; step?: unknown }
  if (!Array.isArray(points)) throw new Error('the service sent no points')
  return {
    points: points.filter(isPoint).sort((a, b) => a.timestamp - b.timestamp),
    stepMs: typeof step === 'number' && step > 0 ? step : request.step,
  }
}

function isPoint(point: unknown): point is Point {
  const { timestamp, value } = (point ?? {}) as Record<string, unknown>
  return typeof timestamp === 'number' && (value === null || typeof value === 'number')
}
