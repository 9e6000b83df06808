import { jobManagerOf, type Session, withSession } from './flink/gateway.js'
import {
  cancel,
  type Failure,
  type FlinkJob,
  failure,
  jobs,
  lastCheckpoint,
  lastFailure,
  metric,
  parameters,
  restarts,
  running,
  type Slots,
  slots,
  stopWithSavepoint,
} from './flink/jobManager.js'
import { type Rest, rest } from './flink/rest.js'

/** What rtdash asks of a Flink cluster, through its SQL gateway and its JobManager. Every call throws FlinkError. */
export interface FlinkClient {
  /** Runs statements in a session of their own; jobs outlive it. */
  session<T>(use: (session: Session) => Promise<T>): Promise<T>
  /** Every job that the JobManager remembers, ended ones too, newest first. */
  jobs(): Promise<readonly FlinkJob[]>
  /** What the job carries as `pipeline.global-job-parameters`. */
  parameters(job: string): Promise<Readonly<Record<string, string>>>
  /** Resolves when all tasks run; throws with the root cause when they do not. */
  running(job: string, timeoutMs?: number): Promise<void>
  /** Resolves when the job has ended. */
  cancel(job: string): Promise<void>
  /** Ends the job and gives the place of its savepoint. */
  stopWithSavepoint(job: string): Promise<string>
  /** The newest completed checkpoint or savepoint, where there is one. */
  lastCheckpoint(job: string): Promise<string | undefined>
  /** The innermost cause of the last failure or restart; undefined where nothing went wrong. */
  failure(job: string): Promise<string | undefined>
  /** The same, and when it was. */
  lastFailure(job: string): Promise<Failure | undefined>
  /** How often the job has been started again by Flink itself. */
  restarts(job: string): Promise<number>
  /** Records in the topic that the job has not read yet; undefined until it has measured. */
  pendingRecords(job: string): Promise<number | undefined>
  /** How far the job's watermark is behind the clock, in ms; undefined until it has one. */
  watermarkLag(job: string): Promise<number | undefined>
  /** Task slots of the cluster; none at all where it makes TaskManagers as they are needed. */
  slots(): Promise<Slots>
  /** Flink's version, as the gateway says it. */
  version(): Promise<string>
  close(): Promise<void>
}

export interface FlinkOptions {
  /** `http://host:8083`. */
  readonly gateway: string
  /** `http://host:8081`; the one that the gateway submits to unless told. */
  readonly jobmanager?: string
}

const READY_MS = 60_000

/** Speaks to both by HTTP; nothing is connected before the first call. */
export function createFlinkClient(options: FlinkOptions): FlinkClient {
  const gateway = rest(options.gateway, "Flink's SQL gateway")
  let found: Promise<Rest> | undefined
  const manager = (): Promise<Rest> => {
    found ??= (async () => rest(options.jobmanager ?? (await jobManagerOf(gateway)), "Flink's JobManager"))()
    found.catch(() => {
      found = undefined
    })
    return found
  }
  const ask =
    <A extends unknown[], T>(call: (manager: Rest, ...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> =>
      call(await manager(), ...args)

  return {
    session: use => withSession(gateway, {}, use),
    jobs: ask(jobs),
    parameters: ask(parameters),
    running: ask((rest, job: string, timeoutMs: number = READY_MS) => running(rest, job, timeoutMs)),
    cancel: ask((rest, job: string) => cancel(rest, job, READY_MS)),
    stopWithSavepoint: ask(stopWithSavepoint),
    lastCheckpoint: ask(lastCheckpoint),
    failure: ask(failure),
    lastFailure: ask(lastFailure),
    restarts: ask(restarts),
    pendingRecords: ask((rest, job: string) => metric(rest, job, 'pendingRecords', 'sum')),
    watermarkLag: ask((rest, job: string) => metric(rest, job, 'watermarkLag', 'max')),
    slots: ask(slots),
    version: async () => (await gateway<{ version: string }>('/info')).version,
    close: async () => {},
  }
}
