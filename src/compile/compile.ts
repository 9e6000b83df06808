import type { Model } from '../model/model.js'
import type { Resource } from '../model/resource.js'
import type { RollupPlan } from '../model/rollup.js'
import type { ServiceConfig } from '../model/serviceConfig.js'
import { engines } from '../targets/registry.js'
import { desired as serviceDesired } from '../targets/service/desired.js'
import { planRollups } from './planRollups.js'

/** A metrics file compiled: everything that every engine must hold. */
export interface Compiled {
  readonly model: Model
  readonly rollups: RollupPlan
  /** Sorted by id. */
  readonly resources: readonly Resource[]
  readonly service: ServiceConfig
}

/** Pure and deterministic: no I/O, no clock, no randomness. */
export function compile(model: Model): Compiled {
  const rollups = planRollups(model)
  const held = engines.flatMap(engine => engine.desired(model, rollups))
  const service = serviceDesired(model, rollups, held.map(resource => resource.id).sort())
  const resources = [...held, service].sort((a, b) => (a.id < b.id ? -1 : 1))
  return { model, rollups, resources, service: service.spec.config }
}
