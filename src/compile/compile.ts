import type { Model } from '../model/model.js'
import type { Resource, ResourceOf } from '../model/resource.js'
import type { RollupPlan } from '../model/rollup.js'
import type { ServiceConfig } from '../model/serviceConfig.js'
import { engines } from '../targets/registry.js'
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
  const resources = engines.reduce<Resource[]>(
    (before, engine) => before.concat(engine.desired(model, rollups, before)),
    [],
  )
  const service = resources.find((r): r is ResourceOf<'service.config'> => r.kind === 'service.config')!
  resources.sort((a, b) => (a.id < b.id ? -1 : 1))
  return { model, rollups, resources, service: service.spec.config }
}
