import type { Action, Impact, Risk } from '../model/plan.js'
import { counted } from './counted.js'
import { bytes, duration } from './quantity.js'

const actions = ['create', 'update', 'replace', 'delete'] as const

/** How many changes there are of each action. */
export function summarize(changes: readonly { readonly action: Action }[]): Record<Action, number> {
  const summary = { create: 0, update: 0, replace: 0, delete: 0 }
  for (const { action } of changes) summary[action] += 1
  return summary
}

/** `2 to create, 1 to update`. */
export function summaryText(changes: readonly { readonly action: Action }[]): string {
  const summary = summarize(changes)
  const parts = actions.filter(action => summary[action] > 0).map(action => `${summary[action]} to ${action}`)
  return parts.length === 0 ? 'no changes' : parts.join(', ')
}

/** `1,200 rows, 2.5 MB, about 4 min, +1.0 MB a day, values from 2026-01-01T00:00Z on`: as far as it is known. */
export function impactText({ rows, bytes: size, ms, bytesPerDay, since }: Impact): string {
  const parts = [counted(rows, 'row'), bytes(size)]
  if (ms !== undefined && ms >= 1000) parts.push(`about ${duration(ms)}`)
  if (bytesPerDay !== undefined && bytesPerDay >= 1) parts.push(`+${bytes(bytesPerDay)} a day`)
  if (since !== undefined) parts.push(`values from ${new Date(since).toISOString().slice(0, 16)}Z on`)
  return parts.join(', ')
}

/** What several changes touch together. */
export function impactOf(changes: readonly { readonly impact?: Impact }[]): Impact | undefined {
  const impacts = changes.flatMap(({ impact }) => (impact === undefined ? [] : [impact]))
  const [only] = impacts
  if (impacts.length < 2) return only
  return impacts.reduce(({ rows, bytes }, more) => ({ rows: rows + more.rows, bytes: bytes + more.bytes }))
}

/** `1 destructive, 2 rebuild`; nothing where all is safe. */
export function riskCounts(changes: readonly { readonly risk: Risk }[]): string {
  const parts = (['destructive', 'rebuild'] as const).flatMap(risk => {
    const count = changes.filter(change => change.risk === risk).length
    return count === 0 ? [] : [`${count} ${risk}`]
  })
  return parts.join(', ')
}
