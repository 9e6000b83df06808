import { type Address, apiUrl } from './address.js'
import type { Point } from './columns.js'

/** Asks the service for the points of one metric between two instants (epoch ms), oldest first. */
export async function fetchHistory(
  address: Address,
  metric: string,
  request: { readonly from: number; readonly to: number; readonly step: number },
  signal: AbortSignal,
): Promise<Point[]> {
  const response = await fetch(apiUrl(address, `api/metrics/${encodeURIComponent(metric)}/history`, { ...request }), {
    signal,
  })
  const body: unknown = await response.json().catch(() => null)
  if (!response.ok) {
    const message = (body as { message?: unknown } | null)?.message
    throw new Error(typeof message === 'string' ? message : `the service answered ${response.status}`)
  }
  const points = (body as { points?: unknown } | null)?.points
  if (!Array.isArray(points)) throw new Error('the service sent no points')
  return points.filter(isPoint).sort((a, b) => a.timestamp - b.timestamp)
}

function isPoint(point: unknown): point is Point {
  const { timestamp, value } = (point ?? {}) as Record<string, unknown>
  return typeof timestamp === 'number' && (value === null || typeof value === 'number')
}
