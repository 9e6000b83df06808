import { FlinkError } from '../../../clients/flink/rest.js'
import type { FlinkClient } from '../../../clients/flink.js'
import { flinkText } from '../../../expr/valuesFlink.js'
import type { FlinkJobSpec } from '../../../model/resource.js'
import { withBrokers } from '../brokers.js'
import { mark } from '../mark.js'
import { statementSet } from '../render.js'
import { readFrom } from '../source.js'

/**
 * Starts the job and resolves with its id when all of its tasks run; one that does not get so far is cancelled. `from`
 * is a savepoint or checkpoint, which the job then owns; without it the job reads back over its longest window and more.
 */
export async function submit(flink: FlinkClient, spec: FlinkJobSpec, from?: string): Promise<string> {
  const since = Date.now() - spec.readBackMs
  const settings: Record<string, string> = {
    ...spec.settings,
    'pipeline.global-job-parameters': mark(spec),
    ...(from !== undefined && {
      'execution.state-recovery.path': from,
      'execution.state-recovery.claim-mode': 'CLAIM',
    }),
  }
  const job = await flink.session(async session => {
    for (const [key, value] of Object.entries(settings))
      await session.run(`SET ${flinkText(key)} = ${flinkText(value)}`)
    for (const table of spec.tables) {
      const statement = withBrokers(table, process.env)
      await session.run(from === undefined ? readFrom(statement, since) : statement)
    }
    return (await session.run(statementSet(spec))).job
  })
  if (job === undefined) throw new FlinkError(`Flink took the statements of ${spec.name} and named no job`)
  try {
    await flink.running(job)
  } catch (error) {
    await flink.cancel(job)
    if (error instanceof FlinkError && error.message.includes('minBucketMemorySize'))
      throw new FlinkError(
        `${spec.name} needs more managed memory for its windows, some MB for each metric: raise taskmanager.memory.managed.size, or have fewer slots on a TaskManager`,
      )
    throw error
  }
  return job
}
