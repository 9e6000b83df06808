import type { ClickHouse } from '../clients/clickhouse.js'
import type { Compiled } from '../compile/compile.js'
import type { Change, Plan } from '../model/plan.js'
import type { ResourceOf } from '../model/resource.js'
import { contentHash } from '../naming.js'
import { diff as diffClickHouse } from '../targets/clickhouse/diff/diff.js'
import { observe as observeClickHouse } from '../targets/clickhouse/observe.js'
import { diff as diffService, observe as observeService } from '../targets/service/live.js'
import { inOrder } from './order.js'

export interface Clients {
  readonly clickhouse: ClickHouse
}

/** What apply would do to the live system, in order. Reads only. Throws PlanError for what cannot be done at all. */
export async function plan(compiled: Compiled, clients: Clients, options: { drop?: boolean } = {}): Promise<Plan> {
  const { model, resources } = compiled
  const [observed, configHash] = await Promise.all([
    observeClickHouse(clients.clickhouse, model.project, resources),
    observeService(clients.clickhouse, model.project),
  ])
  const config = resources.find((r): r is ResourceOf<'service.config'> => r.kind === 'service.config')!
  const held = diffClickHouse(resources, observed, options.drop ?? false)
  const changes = inOrder([...held.changes, ...diffService(config, configHash)])
  return { target: model.target.name, fingerprint: fingerprint(compiled, changes), changes, unused: held.unused }
}

/** The wanted configuration and the very changes: another live system, or another file, is another fingerprint. */
const fingerprint = (compiled: Compiled, changes: readonly Change[]): string =>
  contentHash(
    JSON.stringify([compiled.service.hash, changes.map(change => [change.id, change.action, change.steps])]),
    16,
  )
