import { jobManagerOf } from '../clients/flink/gateway.js'
import { type Rest, rest } from '../clients/flink/rest.js'
import { createFlinkClient, type FlinkClient, type FlinkOptions } from '../clients/flink.js'
import { troubles, troubleText } from '../targets/flink/live/troubles.js'
import { ok, problem, skipped, type Told, warning } from './report.js'
import { type Skew, skewFinding } from './skew.js'

const TESTED = '2.0'

/** Gateway, JobManager, slots, the Kafka connector and the clock. No job is started. */
export async function checkFlink(options: FlinkOptions, project: string): Promise<Told[]> {
  const flink = createFlinkClient(options)
  const version = await flink.version()
  const findings = [versionFinding(version), await connectorFinding(flink)]
  try {
    const manager = rest(options.jobmanager ?? (await jobManagerOf(rest(options.gateway, 'gateway'))), 'JobManager')
    const config = await manager<{ 'flink-version': string }>('/config')
    findings.push(ok('jobmanager', `Flink ${config['flink-version']}`))
    findings.push(slotsFinding(await flink.slots()), await jobsFinding(flink, project), await clockFinding(manager))
  } catch (error) {
    findings.push(
      problem('jobmanager', (error as Error).message, 'give the target `flink.jobmanager`, the address of its REST'),
    )
  }
  return findings
}

const versionFinding = (version: string): Told =>
  Number(version.split('.')[0]) >= 2
    ? ok('version', version)
    : warning('version', version, `rtdash is tested with Flink ${TESTED}`)

/** A table that lives as long as the session, and a plan over it: where the connector is missing there is none. */
async function connectorFinding(flink: ReturnType<typeof createFlinkClient>): Promise<Told> {
  try {
    await flink.session(async session => {
      await session.run(
        `CREATE TEMPORARY TABLE rtdash_doctor (a STRING) WITH ('connector' = 'kafka', 'topic' = 'none',
         'properties.bootstrap.servers' = 'localhost:1', 'scan.startup.mode' = 'earliest-offset', 'format' = 'json')`,
      )
      await session.run('EXPLAIN SELECT a FROM rtdash_doctor')
    })
    return ok('kafka-connector', 'loaded, with the JSON format')
  } catch (error) {
    const [first = ''] = (error as Error).message.split('\n')
    return problem('kafka-connector', first, 'put flink-sql-connector-kafka of this Flink version into its lib/')
  }
}

const slotsFinding = ({ total, free }: { total: number; free: number }): Told =>
  total === 0
    ? warning('slots', 'no TaskManager', 'none is needed where the cluster makes them for each job; else start one')
    : ok('slots', `${free} of ${total} free`)

async function jobsFinding(flink: FlinkClient, project: string): Promise<Told> {
  const failing = await troubles(flink, project)
  if (failing.length === 0) return ok('jobs', 'none of the project fails')
  return problem('jobs', failing.map(troubleText).join('; '), 'rtdash plan names the job and what would repair it')
}

/** Flink has no clock to ask: a running job tells how long it runs. When a busy TaskManager was last heard of tells nothing. */
async function clockFinding(manager: Rest): Promise<Told> {
  const { jobs } = await manager<{ jobs: { state: string; 'start-time': number; duration: number }[] }>(
    '/jobs/overview',
  )
  const job = jobs.find(({ state }) => state === 'RUNNING')
  if (job === undefined) return skipped('clock', 'no running job tells it')
  return skewFinding(skewOf(job['start-time'] + job.duration, 1000))
}

const skewOf = (theirs: number, uncertainty: number): Skew => ({ ahead: theirs - Date.now(), uncertainty })
