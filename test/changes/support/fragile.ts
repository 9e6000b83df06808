import type { ClickHouse } from '../../../src/clients/clickhouse.js'

/** What a process that has been killed says: nothing more. */
export class Killed extends Error {
  override readonly name = 'Killed'
}

/**
 * A client whose process is killed at its `at`-th statement: that one is sent and its answer never read (or, `before`,
 * not even sent), and nothing is sent any more.
 */
export function fragile(
  client: ClickHouse,
  at: number,
  before: boolean,
): ClickHouse & { readonly dead: () => boolean } {
  let calls = 0
  let dead = false
  const guarded = async <T>(call: () => Promise<T>): Promise<T> => {
    if (dead) throw new Killed()
    if (++calls === at) {
      dead = true
      // What was sent goes on by itself, as it does when a client dies.
      if (!before) await call().catch(() => {})
      throw new Killed()
    }
    return call()
  }
  return {
    command: (...args) => guarded(() => client.command(...args)),
    query: (...args) => guarded(() => client.query(...args)),
    insert: (...args) => guarded(() => client.insert(...args)),
    ping: () => guarded(() => client.ping()),
    close: () => client.close(),
    dead: () => dead,
  }
}
