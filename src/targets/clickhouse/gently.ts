import type { ClickHouse } from '../../clients/clickhouse.js'

/**
 * Settings of statements that read much while live queries go on: one core, and that as the one who gives way. Without
 * the right to set priorities (CAP_SYS_NICE) the server leaves that out by itself; newer ones keep the old name.
 */
export const GENTLE = { max_threads: 1, os_thread_priority: 10 } as const

const turns = new WeakMap<ClickHouse, Promise<unknown>>()

/** Runs one such piece of work at a time on a server, in the order they came: changes go on side by side. */
export function inTurn<T>(clickhouse: ClickHouse, work: () => Promise<T>): Promise<T> {
  const turn = (turns.get(clickhouse) ?? Promise.resolve()).then(work)
  turns.set(
    clickhouse,
    turn.catch(() => {}),
  )
  return turn
}
