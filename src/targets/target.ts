import type { Compiled } from '../compile/compile.js'
import type { Model } from '../model/model.js'
import type { Resource } from '../model/resource.js'
import type { RollupPlan } from '../model/rollup.js'

/** What rtdash compiles for. Each folder under targets/ makes one of these, from files of the same names. */
export interface Engine {
  readonly name: string
  /** Wanted resources, those of the engines before it given; none where the target lacks the engine. Pure. */
  desired(model: Model, plan: RollupPlan, before: readonly Resource[]): Resource[]
  /** Files for build/, path → text. Pure. */
  render(compiled: Compiled): ReadonlyMap<string, string>
}
