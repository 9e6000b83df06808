import { FlinkError } from '../../../clients/flink/rest.js'
import type { FlinkClient } from '../../../clients/flink.js'
import type { FlinkJobSpec } from '../../../model/resource.js'
import { observe, type Seen, type SeenJob } from './observe.js'
import { submit } from './submit.js'

/** What a step works on: one job's name, and what runs under it. */
interface Work {
  readonly flink: FlinkClient
  readonly project: string
  readonly source: string
  readonly spec: FlinkJobSpec
  readonly progress: (text: string) => void
}

type Procedure = (work: Work) => Promise<void>

// Each looks first at what runs, so that it may be run again after it was broken off.

const start: Procedure = async work => {
  const { alive, ended } = await look(work)
  const [job] = alive
  if (job) return work.flink.running(job.id)
  const same = ended !== undefined && equal(ended.spec?.inserts, work.spec.inserts)
  const from = same ? await work.flink.lastCheckpoint(ended.id) : undefined
  await startFrom(work, from)
}

const restart: Procedure = async work => {
  const { alive } = await look(work)
  const [job] = alive
  if (job === undefined) return start(work)
  if (asWanted(work)(job)) return work.flink.running(job.id)
  await startFrom(work, await stopAt(work, job.id))
}

/** Its savepoint; for a job that is down at the moment, its last checkpoint. */
async function stopAt({ flink, progress }: Work, job: string): Promise<string | undefined> {
  try {
    return await flink.stopWithSavepoint(job)
  } catch (error) {
    if (!(error instanceof FlinkError)) throw error
    progress(`${error.message}; it goes on from its last checkpoint`)
    const from = await flink.lastCheckpoint(job)
    await flink.cancel(job)
    return from
  }
}

/** The new job runs beside the old until it has caught up with the windows that are open: no value is missed. */
const replace: Procedure = async work => {
  const { flink, spec } = work
  const { alive } = await look(work)
  const kept = alive.find(asWanted(work))
  const others = alive.filter(job => job !== kept)
  if (kept) await flink.running(kept.id)
  else if (await hasRoom(flink, spec)) await submit(flink, spec)
  else {
    work.progress('not enough free task slots for both: the old job stops first')
    await cancelAll(flink, others)
    await submit(flink, spec)
  }
  await cancelAll(flink, others)
}

const stop: Procedure = async work => cancelAll(work.flink, (await look(work)).alive)

export const PROCEDURES: Readonly<Record<string, Procedure>> = {
  'start-job': start,
  'restart-job': restart,
  'replace-job': replace,
  'stop-job': stop,
}

/** From its state, or afresh where that is gone or fits no longer. */
async function startFrom({ flink, spec, progress }: Work, from: string | undefined): Promise<void> {
  try {
    await submit(flink, spec, from)
  } catch (error) {
    if (from === undefined || !(error instanceof FlinkError)) throw error
    progress(`cannot go on from ${from}: ${error.message}; it starts afresh`)
    await submit(flink, spec)
  }
}

async function cancelAll(flink: FlinkClient, jobs: readonly SeenJob[]): Promise<void> {
  for (const job of jobs) await flink.cancel(job.id)
}

/** Ours alone: jobs that others started are not touched. */
async function look({ flink, project, source }: Work): Promise<Seen> {
  const seen = (await observe(flink, project)).get(source)
  return { source, alive: [], ...seen, ...(seen && { alive: seen.alive.filter(job => job.spec !== undefined) }) }
}

const asWanted =
  ({ spec }: Work) =>
  (job: SeenJob): boolean =>
    equal(job.spec, spec)

const equal = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** A cluster that adds TaskManagers when asked has no slots as long as none are used. */
async function hasRoom(flink: FlinkClient, spec: FlinkJobSpec): Promise<boolean> {
  const { total, free } = await flink.slots()
  return total === 0 || free >= Number(spec.settings['parallelism.default'])
}
