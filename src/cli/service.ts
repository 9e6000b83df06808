import { setTimeout as sleep } from 'node:timers/promises'

/** The body of `/api/status`, as far as the command line reads it. Ages and times in ms. */
export interface ServiceStatus {
  readonly config: string | null
  readonly uptime_ms: number
  readonly database: string
  readonly viewers: { readonly ws: number; readonly sse: number }
  readonly metrics: readonly MetricStatus[]
  readonly ingest: readonly SourceStatus[]
}

export interface MetricStatus {
  readonly name: string
  readonly tier: number
  readonly deliver: string
  readonly value: number | null
  readonly age_ms: number | null
  readonly stale: boolean
  readonly error: string | null
}

export interface SourceStatus {
  readonly source: string
  readonly accepted: number
  readonly rejected: number
  readonly eventsPerSecond: number
}

/** Asks a service how it is; undefined when it does not answer. A reader's token comes from RTDASH_TOKEN. */
export async function readStatus(url: string): Promise<ServiceStatus | undefined> {
  const token = process.env.RTDASH_TOKEN
  const headers = token ? { authorization: `Bearer ${token}` } : {}
  try {
    const answer = await fetch(new URL('/api/status', url), { headers, signal: AbortSignal.timeout(5000) })
    return answer.ok ? ((await answer.json()) as ServiceStatus) : undefined
  } catch {
    return undefined
  }
}

/** Waits until a service has taken up a configuration; after `patienceMs` it goes on without. */
export async function waitForConfig(url: string, hash: string, patienceMs = 10_000): Promise<void> {
  for (const end = Date.now() + patienceMs; Date.now() < end; await sleep(100)) {
    if ((await readStatus(url))?.config === hash) return
  }
}
