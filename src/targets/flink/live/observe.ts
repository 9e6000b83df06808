import type { FlinkJob } from '../../../clients/flink/jobManager.js'
import { hasEnded } from '../../../clients/flink/jobManager.js'
import type { FlinkClient } from '../../../clients/flink.js'
import type { FlinkJobSpec } from '../../../model/resource.js'
import { names } from '../../../naming.js'
import { markedSpec } from '../mark.js'

/** A job under one of our names; without `spec` it is somebody else's. */
export interface SeenJob extends FlinkJob {
  readonly spec?: FlinkJobSpec
}

/** The jobs under one name, newest first: those that run (or try to), and the newest of ours that has ended. */
export interface Seen {
  readonly source: string
  readonly alive: readonly SeenJob[]
  readonly ended?: SeenJob
}

/** Every job of the project that the JobManager remembers: ended ones for an hour, as Flink is set up by default. */
export async function observe(flink: FlinkClient, project: string): Promise<Map<string, Seen>> {
  const prefix = names.flinkJob(project, '')
  const found = new Map<string, SeenJob[]>()
  for (const job of await flink.jobs()) {
    if (!job.name.startsWith(prefix)) continue
    const source = job.name.slice(prefix.length)
    const spec = markedSpec(await flink.parameters(job.id))
    found.set(source, [...(found.get(source) ?? []), { ...job, ...(spec && { spec }) }])
  }
  return new Map(
    [...found].map(([source, jobs]) => {
      const ended = jobs.find(job => hasEnded(job.state) && job.spec !== undefined)
      // One that is on its way out is as good as gone.
      const alive = jobs.filter(job => !hasEnded(job.state) && job.state !== 'CANCELLING')
      return [source, { source, alive, ...(ended && { ended }) }]
    }),
  )
}
