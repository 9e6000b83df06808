import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestClickHouse, testClickHouse } from '../../embedded/testing.js'
import type { MetricConfig } from '../../model/serviceConfig.js'
import type { RunningService, ServiceOptions } from '../options.js'
import { startService } from '../server.js'
import { applyConfig, createPipeline, insertEvents, serviceConfig, type TestEvent } from './fixture.js'

/** A real pipeline for tests: database, service, and events coming in until it is stopped. */
export interface Harness {
  readonly ch: TestClickHouse
  readonly database: string
  readonly stateDir: string
  readonly service: RunningService
  /** Takes up other metrics, and waits until the service has. */
  apply(metrics: readonly MetricConfig[]): Promise<string>
  insert(events: readonly TestEvent[]): Promise<void>
  /** Lets one event have arrived an hour ago: metrics that are taken up from now on have a past, if an empty one. */
  grow(): Promise<void>
  /** Inserts a few events every 100 ms until the returned function is called. */
  traffic(): () => Promise<void>
  get(path: string, init?: RequestInit): Promise<Response>
  json<T = Record<string, unknown>>(path: string, init?: RequestInit): Promise<T>
  stop(): Promise<void>
}

export async function startHarness(
  metrics: readonly MetricConfig[],
  options: Partial<ServiceOptions> = {},
): Promise<Harness> {
  const database = 'shop'
  const ch = await testClickHouse()
  const stateDir = mkdtempSync(join(tmpdir(), 'rtdash-service-'))
  await createPipeline(ch.client, database)
  await applyConfig(ch.client, serviceConfig(database, metrics))
  const service = await startService({ clickhouse: ch.client, database, port: 0, stateDir, ...options })
  const get = (path: string, init?: RequestInit) => fetch(service.url + path, init)
  const insert = (events: readonly TestEvent[]) => insertEvents(ch.client, database, events)

  return {
    ch,
    database,
    stateDir,
    service,
    get,
    insert,
    grow: () =>
      ch.client.command(`INSERT INTO ${database}.events (ts, ingested_at) SELECT now64(3) - INTERVAL 1 HOUR AS at, at`),
    json: async <T>(path: string, init?: RequestInit) => (await get(path, init)).json() as Promise<T>,
    apply: async next => {
      const config = serviceConfig(database, next)
      await applyConfig(ch.client, config)
      while (service.config()?.hash !== config.hash) await new Promise(resolve => setTimeout(resolve, 20))
      return config.hash
    },
    traffic: () => {
      let going = true
      const done = (async () => {
        for (let n = 0; going; n++) {
          const at = Date.now()
          await insert([
            { at, region: 'eu', amount: '0.1' },
            { at, region: n % 3 === 0 ? 'us' : 'eu', type: n % 4 === 0 ? 'error' : 'request' },
          ])
          await new Promise(resolve => setTimeout(resolve, 100))
        }
      })()
      return () => {
        going = false
        return done
      }
    },
    stop: async () => {
      await service.stop()
      await ch.stop()
      rmSync(stateDir, { recursive: true, force: true })
    },
  }
}
