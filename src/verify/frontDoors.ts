import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from '../clients/redis.js'
import { liveNodes, type SaidNode } from '../service/redis/nodes.js'
import { VerifyError } from './errors.js'
import type { IngestState, ServiceState } from './service.js'

/** Where the counters of the front doors come from. */
export interface FrontDoors {
  readonly redis?: Redis | undefined
  readonly project: string
  /** The address that viewers and senders use: one node, or what stands before several. */
  status(): Promise<ServiceState>
}

const LOOK_MS = 200
/** A node says its counters about once a second. */
const PATIENCE_MS = 15_000
/** What is said next may have been counted before we asked; what comes after that was not. */
const LATER = 2

/** What all front doors have counted, by some time before the call. */
export async function counters(doors: FrontDoors): Promise<readonly IngestState[]> {
  const nodes = await nodesOf(doors)
  return nodes.length === 0 ? (await doors.status()).ingest : sum(nodes)
}

/** What all front doors have counted, by some time after the call. Throws VerifyError where one says nothing new. */
export async function countersNow(doors: FrontDoors): Promise<readonly IngestState[]> {
  const before = new Map((await nodesOf(doors)).map(({ id, said }) => [id, said]))
  if (before.size === 0) return (await doors.status()).ingest
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(LOOK_MS)) {
    const nodes = await nodesOf(doors)
    if (nodes.every(({ id, said }) => said >= (before.get(id) ?? 0) + LATER)) return sum(nodes)
  }
  throw new VerifyError('silent-node', 'a front door has stopped saying what it counts', 'see /healthz of each')
}

const nodesOf = async ({ redis, project }: FrontDoors): Promise<SaidNode[]> =>
  redis === undefined ? [] : (await liveNodes(redis, project)).filter(({ roles }) => roles.includes('ingest'))

function sum(nodes: readonly SaidNode[]): IngestState[] {
  const bySource = new Map<string, IngestState>()
  for (const one of nodes.flatMap(({ ingest }) => ingest)) {
    const others = bySource.get(one.source)
    bySource.set(one.source, others === undefined ? one : added(others, one))
  }
  return [...bySource.values()]
}

const added = (a: IngestState, b: IngestState): IngestState => ({
  source: a.source,
  accepted: a.accepted + b.accepted,
  rejected: a.rejected + b.rejected,
  duplicates: a.duplicates + b.duplicates,
  canaries: a.canaries + b.canaries,
  inFlight: { rows: a.inFlight.rows + b.inFlight.rows },
})
