import type { Change, ChangeResult } from '../model/plan.js'
import type { ApplyOptions } from './apply.js'

/** At most this many changes at once: each may keep a core of the server busy. */
const SIDE_BY_SIDE = 3

/** Runs each change when all that it depends on is done; what depends on a failed one is not started. */
export async function walk(
  changes: readonly Change[],
  run: (change: Change) => Promise<ChangeResult>,
  { signal, onResult }: Pick<ApplyOptions, 'signal' | 'onResult'>,
): Promise<ChangeResult[]> {
  const waiting = new Set(changes)
  const failed = new Set<string>()
  const results: ChangeResult[] = []
  const running = new Map<Change, Promise<void>>()
  /** How many changes under an id have not ended. */
  const open = new Map<string, number>()
  for (const { id } of changes) open.set(id, (open.get(id) ?? 0) + 1)
  const end = (change: Change, result: ChangeResult): void => {
    open.set(change.id, open.get(change.id)! - 1)
    if (!result.ok) failed.add(change.id)
    results.push(result)
  }
  while (waiting.size > 0 || running.size > 0) {
    const before = waiting.size
    for (const change of waiting) {
      if (running.size >= SIDE_BY_SIDE) break
      const broken = change.dependsOn.find(id => failed.has(id))
      if (broken !== undefined || signal?.aborted) {
        waiting.delete(change)
        const error = broken === undefined ? 'not started: interrupted' : `not started: ${broken} failed`
        const result = { id: change.id, action: change.action, ok: false, ms: 0, error }
        end(change, result)
        onResult?.(result, change)
      } else if (!change.dependsOn.some(id => id !== change.id && (open.get(id) ?? 0) > 0)) {
        waiting.delete(change)
        running.set(
          change,
          run(change).then(result => {
            running.delete(change)
            end(change, result)
          }),
        )
      }
    }
    if (running.size > 0) await Promise.race(running.values())
    else if (waiting.size === before && before > 0)
      throw new Error(`these changes wait for each other: ${[...waiting].map(({ id }) => id).join(', ')}`)
  }
  return results
}
