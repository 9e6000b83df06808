import { setTimeout as sleep } from 'node:timers/promises'
import { type Applied, type ApplyOptions, apply } from '../../../src/apply/apply.js'
import type { ClickHouse } from '../../../src/clients/clickhouse.js'
import type { Compiled } from '../../../src/compile/compile.js'
import type { Plan } from '../../../src/model/plan.js'
import { plan } from '../../../src/plan/plan.js'
import { insertEnded } from '../../../src/service/ingest/insertEnded.js'

const DAY = 86_400_000

/** A project of its own on a server that many share. */
export interface World {
  readonly project: string
  plan(compiled: Compiled, options?: { drop?: boolean; client?: ClickHouse }): Promise<Plan>
  /** Applies whatever it takes; throws where a change failed. */
  apply(compiled: Compiled, options?: { drop?: boolean; client?: ClickHouse } & Partial<ApplyOptions>): Promise<Applied>
  /** Events of now, some of them late by up to three days; each batch may be sent twice under its token. */
  insert(rows: number): Promise<void>
  /** Inserts all the time until stopped, again and again where the server is away; returns how many batches. */
  write(rows?: number, pauseMs?: number): () => Promise<number>
  remove(): Promise<void>
}

export function createWorld(client: () => ClickHouse, project: string, random: () => number = Math.random): World {
  let batches = 0
  function batch(rows: number): string {
    return Array.from({ length: rows }, () => {
      const late = random() < 0.2 ? random() * 3 * DAY * random() : random() * 2000
      return JSON.stringify({
        event_type: ['request', 'request', 'purchase', 'error'][Math.floor(random() * 4)],
        user_id: Math.floor(random() * 300),
        value: Math.floor(random() * 200_000) / 1024,
        amount: (Math.floor(random() * 1e7) / 1e4).toFixed(4),
        ts: new Date(Date.now() - late).toISOString().replace('T', ' ').replace('Z', ''),
        region: ['eu', 'us', 'ap'][Math.floor(random() * 3)],
      })
    }).join('\n')
  }

  /**
   * Sends until it is acknowledged, as ingest does: under a token, and again under the time at which it is there already,
   * so that a view made in between does not take it for new.
   */
  async function send(body: string, patient: boolean): Promise<void> {
    const columns = ['event_type', 'user_id', 'value', 'amount', 'ts', 'region', '_batch']
    const id = String(++batches)
    const rows = body.replaceAll('}', `,"_batch":${id}}`)
    const settings = { insert_deduplication_token: `${project}-${id}`, max_partitions_per_insert_block: 0 }
    const started = Date.now()
    for (let twice = random() < 0.2, again = false; ; again = true) {
      try {
        const at = again ? await storedAt(id) : undefined
        await client().insert(
          `${project}.raw_events (${[...columns, ...(at ? ['ingested_at'] : [])].join(', ')})`,
          at ? rows.replaceAll('}', `,"ingested_at":"${at}"}`) : rows,
          'JSONEachRow',
          settings,
        )
        if (!twice) return
        twice = false
      } catch (error) {
        if (!patient || Date.now() - started > 30_000) throw error
        await sleep(50)
      }
    }
  }

  async function storedAt(batch: string): Promise<string | undefined> {
    await insertEnded(client(), `${project}-${batch}`, AbortSignal.timeout(30_000))
    const rows = await client().query<{ at: string }>(
      `SELECT toString(ingested_at) AS at FROM ${project}.raw_events WHERE _batch = ${batch} LIMIT 1`,
    )
    return rows[0]?.at
  }

  const planned = (compiled: Compiled, { drop = false, client: own }: { drop?: boolean; client?: ClickHouse }) =>
    plan(compiled, { clickhouse: own ?? client() }, { drop })

  return {
    project,
    plan: (compiled, options = {}) => planned(compiled, options),
    apply: async (compiled, { drop, client: own, ...options } = {}) => {
      const wanted = await planned(compiled, { ...(drop !== undefined && { drop }), ...(own && { client: own }) })
      const clients = { clickhouse: own ?? client() }
      const applied = await apply(wanted, clients, { database: project, allowDestructive: true, ...options })
      const failed = applied.results.filter(result => !result.ok)
      if (failed.length > 0) throw new Error(failed.map(({ id, error }) => `${id}: ${error}`).join('\n'))
      return applied
    },
    insert: rows => send(batch(rows), false),
    write: (rows = 10, pauseMs = 20) => {
      let going = true
      const written = (async () => {
        let batches = 0
        for (; going; batches++) {
          await send(batch(rows), true)
          await sleep(pauseMs * random())
        }
        return batches
      })()
      written.catch(() => {}) // told by who stops it
      return () => {
        going = false
        return written
      }
    },
    remove: () => client().command(`DROP DATABASE IF EXISTS ${project} SYNC`),
  }
}

/** Instants at which exactness is looked at: now, in the middle of things, and where late events lie. */
export const instantsOf = (now: number): number[] => [now + 1000, now - 45_000, now - 0.7 * DAY, now - 2 * DAY]
