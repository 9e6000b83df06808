import type { Change } from '../../model/plan.js'
import type { FlinkJobSpec, ResourceOf } from '../../model/resource.js'

type Job = ResourceOf<'flink.job'>

/** Pure: the changes that lead from the jobs that run to those that are wanted. No job holds what the topic does not. */
export function diff(wanted: readonly Job[], live: readonly Job[]): Change[] {
  const before = new Map(live.map(job => [job.id, job]))
  const after = new Set(wanted.map(job => job.id))
  return [
    ...wanted.flatMap(job => changeOf(job, before.get(job.id))),
    ...live
      .filter(job => !after.has(job.id))
      .map(
        (job): Change => ({
          ...headOf(job),
          action: 'delete',
          risk: 'safe',
          reason: 'no metric needs it',
          before: job,
          dependsOn: [],
          steps: [{ run: 'stop-job', title: `stop job ${job.spec.name}` }],
        }),
      ),
  ]
}

function changeOf(job: Job, live: Job | undefined): Change[] {
  const base = { ...headOf(job), after: job, dependsOn: job.dependsOn }
  const { name } = job.spec
  if (live === undefined) {
    const steps = [{ run: 'start-job', title: `start job ${name}` }]
    return [{ ...base, action: 'create', risk: 'safe', reason: 'new job', steps }]
  }
  if (differs(job.spec, live.spec, 'inserts')) {
    const reason = 'what it computes changes'
    const steps = [{ run: 'replace-job', title: `start the new ${name} beside the old, then stop the old one` }]
    return [{ ...base, action: 'replace', risk: 'rebuild', before: live, reason, steps }]
  }
  const changed = (['settings', 'tables'] as const).filter(part => differs(job.spec, live.spec, part))
  if (changed.length === 0) return []
  // What it computes is the same, and so is its state, unless a column's type has changed: then Flink refuses it.
  const otherwise = changed.includes('tables') ? ', or afresh where Flink says that its state does not fit' : ''
  const steps = [{ run: 'restart-job', title: `stop ${name} with a savepoint and start it from there${otherwise}` }]
  const reason = `its ${changed.join(' and ')} change`
  return [{ ...base, action: 'update', risk: 'safe', before: live, reason, steps }]
}

const differs = (a: FlinkJobSpec, b: FlinkJobSpec, part: 'settings' | 'tables' | 'inserts'): boolean =>
  JSON.stringify(a[part]) !== JSON.stringify(b[part])

const headOf = ({ id, kind, origin }: Job) => ({ id, kind, ...(origin && { origin }) })
