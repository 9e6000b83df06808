import type { Model } from '../model/model.js'
import type { Change, Step } from '../model/plan.js'
import type { Resource } from '../model/resource.js'
import type { RollupPlan } from '../model/rollup.js'

/** What one engine can do. Each folder under targets/ makes one of these, from files of the same names. */
export interface Engine {
  readonly name: string
  /** Wanted resources; none where the target lacks the engine. Pure. */
  desired(model: Model, plan: RollupPlan): Resource[]
  /** Files for build/, path → text. Pure; secrets stay `${NAME}`. */
  render(model: Model, resources: readonly Resource[]): ReadonlyMap<string, string>
}

/** An engine that is live: it can say what it holds, and be changed. `Observed` is the engine's own record of that. */
export interface LiveEngine<Observed> {
  /** Reads only. */
  observe(wanted: readonly Resource[]): Promise<Observed>
  /** Pure: the changes that lead from what was observed to what is wanted, and what is live, ours and no longer asked for. */
  diff(wanted: readonly Resource[], observed: Observed): { changes: Change[]; unused: string[] }
  /** Runs one step. Running it twice is the same as once. */
  apply(step: Step, change: Change): Promise<void>
}
