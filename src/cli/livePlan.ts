import type { Compiled } from '../compile/compile.js'
import type { Plan } from '../model/plan.js'
import type { Clients } from '../targets/live.js'
import { clickhouseOf } from './clickhouse.js'
import type { Project } from './project.js'

/** A plan together with the live system that it was made from. */
export interface LivePlan {
  readonly plan: Plan
  readonly compiled: Compiled
  readonly clients: Clients
}

/** Compiles the project, connects to its target, plans, hands all of it to `use`, and disconnects. */
export async function withLivePlan<T>(project: Project, use: (live: LivePlan) => Promise<T>): Promise<T> {
  const [{ compile }, { plan }, { createClickHouse }] = await Promise.all([
    import('../compile/compile.js'),
    import('../plan/plan.js'),
    import('../clients/clickhouse.js'),
  ])
  const compiled = compile(project.model)
  const clickhouse = createClickHouse(await clickhouseOf(project))
  try {
    const clients = { clickhouse }
    return await use({ plan: await plan(compiled, clients), compiled, clients })
  } finally {
    await clickhouse.close()
  }
}
