import type { Change } from '../../../model/plan.js'
import type { ResourceOf } from '../../../model/resource.js'
import { PlanError } from '../../../plan/planError.js'
import { diff } from '../diff.js'
import type { Seen, SeenJob } from './observe.js'

type Job = ResourceOf<'flink.job'>

/** The changes from what Flink runs to what is wanted. `causes`: why jobs that have ended did so, by job id. */
export function diffLive(
  wanted: readonly Job[],
  seen: ReadonlyMap<string, Seen>,
  causes: ReadonlyMap<string, string>,
): Change[] {
  const live = [...seen.values()].flatMap(({ source, alive }) => {
    const spec = alive.find(job => job.spec !== undefined)?.spec
    return spec === undefined ? [] : [{ id: `flink.job/${source}`, kind: 'flink.job' as const, spec, dependsOn: [] }]
  })
  const changes = new Map(diff(wanted, live).map(change => [change.id, change]))
  for (const job of wanted) {
    const now = seen.get(job.id.slice('flink.job/'.length))
    if (now === undefined) continue
    const foreign = now.alive.find(one => one.spec === undefined)
    if (foreign) throw foreignJob(foreign)
    if (now.alive.length === 0 && now.ended) changes.set(job.id, again(job, now.ended, causes.get(now.ended.id)))
    if (now.alive.length > 1) changes.set(job.id, tidy(job, now.alive, changes.get(job.id)))
  }
  return [...changes.values()]
}

const foreignJob = ({ name, id }: SeenJob): PlanError =>
  new PlanError(
    'foreign-job',
    `a job named ${name} runs (${id}) that was not started here: it would write the same values`,
    'cancel it, or give the project another name',
  )

const ENDS = { CANCELED: 'was cancelled', FAILED: 'failed', FINISHED: 'was stopped' } as const

/** A job that ended without being told to is started again, from where it was if it still means the same. */
function again(job: Job, ended: SeenJob, cause: string | undefined): Change {
  const how = ENDS[ended.state as keyof typeof ENDS]
  const same = JSON.stringify(ended.spec?.inserts) === JSON.stringify(job.spec.inserts)
  const from = same ? 'from its last checkpoint' : 'afresh'
  return {
    id: job.id,
    kind: job.kind,
    ...(job.origin && { origin: job.origin }),
    action: 'create',
    risk: 'safe',
    reason: `the job ${how}${cause === undefined ? '' : `: ${cause}`}`,
    after: job,
    dependsOn: job.dependsOn,
    steps: [{ run: 'start-job', title: `start job ${job.spec.name} ${from}` }],
  }
}

/** An apply that was broken off between starting the new and stopping the old leaves two. */
function tidy(job: Job, alive: readonly SeenJob[], change: Change | undefined): Change {
  const title = `keep one ${job.spec.name} that is as wanted, and stop the others`
  return {
    id: job.id,
    kind: job.kind,
    ...(job.origin && { origin: job.origin }),
    action: 'update',
    risk: change?.risk ?? 'safe',
    reason: `${alive.length} jobs run under its name`,
    ...(change?.before && { before: change.before }),
    after: job,
    dependsOn: job.dependsOn,
    steps: [{ run: 'replace-job', title }],
  }
}
