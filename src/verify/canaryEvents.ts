import type { SourceConfig } from '../model/serviceConfig.js'
import { createEvents } from '../simulate/events.js'

/** A canary of a source as JSON: valid in every column, happening at `now` (epoch ms), which is also its mark. */
export function createCanaryEvents(source: SourceConfig, seed: number): (now: number) => string {
  const make = createEvents(source, seed, {})
  const column = source.columns.find(({ name }) => name === source.timestamp)
  const path = column?.from ?? [source.timestamp]
  return now => {
    const event = JSON.parse(make(now)) as Record<string, unknown>
    set(event, path, timeText(source, now))
    event._canary = now
    return JSON.stringify(event)
  }
}

function timeText({ format }: SourceConfig, now: number): unknown {
  if (format === 'epoch_seconds') return now / 1000
  return format === 'best_effort' ? new Date(now).toISOString() : now
}

function set(event: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let at = event
  for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>
  at[path.at(-1)!] = value
}
