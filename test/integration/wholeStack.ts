import { apply } from '../../src/apply/apply.js'
import type { Compiled } from '../../src/compile/compile.js'
import { type TestClickHouse, testClickHouse } from '../../src/embedded/testing.js'
import { plan } from '../../src/plan/plan.js'
import { startService } from '../../src/service/server.js'

/** What the service answers for one instant (4-protocol.md). */
export interface Answered {
  readonly metric: string
  readonly value: number | null
  readonly exact?: string
  readonly timestamp: number
  readonly series?: readonly ({ readonly value: number | null } & Readonly<Record<string, unknown>>)[]
}

type Body = NonNullable<RequestInit['body']>

/** ClickHouse, an applied configuration and the service, as `rtdash up` and `rtdash apply` leave them. */
export interface WholeStack {
  readonly url: string
  readonly ch: TestClickHouse
  /** GET, and the JSON of a 200; anything else throws. */
  get<T>(path: string): Promise<T>
  /** The metric's value as computed for an instant in epoch ms, through the API. */
  valueAt(metric: string, at: number): Promise<Answered>
  /** POST to the front door: status and JSON of the answer. */
  post(source: string, body: Body, headers?: Record<string, string>): Promise<Posted>
  stop(): Promise<void>
}

export interface Posted {
  readonly status: number
  readonly accepted: number
  readonly rejected: number
  readonly errors: readonly { readonly line: number; readonly column: string | null; readonly message: string }[]
}

export async function startWholeStack(compiled: Compiled): Promise<WholeStack> {
  const ch = await testClickHouse()
  const clients = { clickhouse: ch.client }
  const { database, hash } = compiled.service
  const { results } = await apply(await plan(compiled, clients), clients, { database })
  const failed = results.filter(result => !result.ok)
  if (failed.length > 0) throw new Error(JSON.stringify(failed))
  const service = await startService({ clickhouse: ch.client, database, host: '127.0.0.1', port: 0, stateDir: ch.dir })
  while (service.config()?.hash !== hash) await new Promise(resolve => setTimeout(resolve, 20))

  async function get<T>(path: string): Promise<T> {
    const response = await fetch(service.url + path)
    if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as T
  }

  return {
    url: service.url,
    ch,
    get,
    valueAt: (metric, at) => get(`/api/metrics/${metric}?at=${at}`),
    post: async (source, body, headers = {}) => {
      const url = `${service.url}/ingest/${source}`
      const response = await fetch(url, { method: 'POST', body, headers })
      return { status: response.status, ...((await response.json()) as Omit<Posted, 'status'>) }
    },
    stop: async () => {
      await service.stop()
      await ch.stop()
    },
  }
}
