import { hasEnded } from '../../../clients/flink/jobManager.js'
import type { FlinkClient } from '../../../clients/flink.js'
import { names } from '../../../naming.js'
import { markedSpec } from '../mark.js'

/** A job of ours that fails and is started again by Flink. */
export interface Trouble {
  readonly source: string
  /** The job's name. */
  readonly job: string
  /** True while it does not run; otherwise it does, after a failure a short while ago. */
  readonly down: boolean
  readonly restarts: number
  /** The innermost cause of its last failure. */
  readonly cause: string
  /** When that was, epoch ms. */
  readonly at: number
}

/** Flink waits a minute at most before it tries again: one that has run for longer has recovered. */
const RECENT_MS = 120_000

/** The jobs of a project that failed a short while ago and are alive: one that keeps failing is always among them. */
export async function troubles(flink: FlinkClient, project: string): Promise<Trouble[]> {
  const prefix = names.flinkJob(project, '')
  const found: Trouble[] = []
  for (const { id, name, state } of await flink.jobs()) {
    if (!name.startsWith(prefix) || hasEnded(state) || state === 'CANCELLING') continue
    const failure = await flink.lastFailure(id)
    const down = state === 'RESTARTING' || state === 'FAILING'
    if (failure === undefined || (!down && Date.now() - failure.at > RECENT_MS)) continue
    if (markedSpec(await flink.parameters(id)) === undefined) continue
    const source = name.slice(prefix.length)
    found.push({ source, job: name, down, restarts: await flink.restarts(id), ...failure })
  }
  return found
}

/** One sentence for people. */
export function troubleText({ job, down, restarts, cause, at }: Trouble): string {
  const how = down ? 'is down, and Flink starts it again' : 'has been started again by Flink'
  const often = `${restarts} ${restarts === 1 ? 'restart' : 'restarts'} so far, the last failure ${new Date(at).toISOString()}`
  return `job ${job} ${how} (${often}): ${cause.split('\n')[0]}`
}
