import type { Compiled } from '../compile/compile.js'
import type { Plan } from '../model/plan.js'
import type { Clients, PlanOptions } from '../targets/live.js'
import { withClients } from './clients.js'
import type { Project } from './project.js'

/** A plan together with the live system that it was made from. */
export interface LivePlan {
  readonly plan: Plan
  readonly compiled: Compiled
  readonly clients: Clients
  /** Plans once more, as the live system is then. */
  readonly again: () => Promise<Plan>
}

/** Compiles the project, connects to its target, plans, hands all of it to `use`, and disconnects. */
export async function withLivePlan<T>(
  project: Project,
  options: PlanOptions,
  use: (live: LivePlan) => Promise<T>,
): Promise<T> {
  const [{ compile }, { plan }] = await Promise.all([import('../compile/compile.js'), import('../plan/plan.js')])
  const compiled = compile(project.model)
  return withClients(project, async clients => {
    const again = (): Promise<Plan> => plan(compiled, clients, options)
    return use({ plan: await again(), compiled, clients, again })
  })
}
