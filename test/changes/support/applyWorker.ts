import { apply } from '../../../src/apply/apply.js'
import { type ClickHouseOptions, createClickHouse } from '../../../src/clients/clickhouse.js'
import { plan } from '../../../src/plan/plan.js'
import { type Boundary, stopAt } from './boundary.js'
import { compiledAs, loadCase } from './cases.js'

// A process that applies changes and stops each at its boundary, to be killed there. Says `stopped` over IPC for each.

/** One change of one project, and where it stops. */
export interface Job {
  readonly project: string
  readonly change: string
  readonly boundary: Boundary
}

process.on('message', async ({ server, jobs }: { server: ClickHouseOptions; jobs: readonly Job[] }) => {
  const clickhouse = createClickHouse(server)
  await Promise.all(
    jobs.map(async ({ project, change, boundary }) => {
      const { after, drop } = await loadCase(change)
      const wanted = await plan(compiledAs(after, project), { clickhouse }, { drop })
      const onStep = stopAt(boundary, project, () => process.send?.({ stopped: project }))
      const { results } = await apply(wanted, { clickhouse }, { database: project, allowDestructive: true, onStep })
      process.send?.({
        stopped: project,
        missed: results.filter(({ ok }) => !ok).map(({ id, error }) => `${id}: ${error}`),
      })
    }),
  )
})
