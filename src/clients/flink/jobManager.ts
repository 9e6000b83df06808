import { setTimeout as sleep } from 'node:timers/promises'
import { FlinkError, type Rest, rootCause } from './rest.js'

export type JobState =
  | 'INITIALIZING'
  | 'CREATED'
  | 'RUNNING'
  | 'RESTARTING'
  | 'FAILING'
  | 'CANCELLING'
  | 'SUSPENDED'
  | 'RECONCILING'
  | 'FAILED'
  | 'CANCELED'
  | 'FINISHED'

export interface FlinkJob {
  readonly id: string
  readonly name: string
  readonly state: JobState
  /** Epoch ms. */
  readonly startedAt: number
}

interface Vertex {
  readonly id: string
  readonly status: string
}

interface Details {
  readonly state: JobState
  readonly vertices: readonly Vertex[]
}

const ENDED: ReadonlySet<JobState> = new Set(['FAILED', 'CANCELED', 'FINISHED'])
const PAUSE_MS = 50
const SAVEPOINT_MS = 120_000

export const hasEnded = (state: JobState): boolean => ENDED.has(state)

/** Every job that the JobManager remembers, ended ones too, newest first. */
export async function jobs(manager: Rest): Promise<FlinkJob[]> {
  const { jobs } = await manager<{ jobs: { jid: string; name: string; state: JobState; 'start-time': number }[] }>(
    '/jobs/overview',
  )
  return jobs
    .map(job => ({ id: job.jid, name: job.name, state: job.state, startedAt: job['start-time'] }))
    .sort((a, b) => b.startedAt - a.startedAt)
}

/** What the job was given as `pipeline.global-job-parameters`. */
export async function parameters(manager: Rest, id: string): Promise<Readonly<Record<string, string>>> {
  const answer = await manager<{ 'execution-config'?: { 'user-config'?: Record<string, string> } }>(
    `/jobs/${id}/config`,
  )
  return answer['execution-config']?.['user-config'] ?? {}
}

/** What made a job fail or restart. */
export interface Failure {
  /** The innermost cause, one line or a few. */
  readonly cause: string
  /** Epoch ms, by the JobManager's clock. */
  readonly at: number
}

/** Why a job failed or last restarted. Undefined where nothing went wrong. */
export async function lastFailure(manager: Rest, id: string): Promise<Failure | undefined> {
  const { exceptionHistory } = await manager<{
    exceptionHistory?: { entries?: readonly { readonly stacktrace?: string; readonly timestamp: number }[] }
  }>(`/jobs/${id}/exceptions?maxExceptions=1`)
  const [newest] = exceptionHistory?.entries ?? []
  return newest?.stacktrace ? { cause: rootCause(newest.stacktrace), at: newest.timestamp } : undefined
}

export const failure = async (manager: Rest, id: string): Promise<string | undefined> =>
  (await lastFailure(manager, id))?.cause

/** How often a job has been started again since it was submitted. */
export async function restarts(manager: Rest, id: string): Promise<number> {
  const [found] = await manager<{ value: string }[]>(`/jobs/${id}/metrics?get=numRestarts`)
  return Number(found?.value ?? 0)
}

/** Where the newest completed checkpoint, or savepoint if that is newer, of a job lies. */
export async function lastCheckpoint(manager: Rest, id: string): Promise<string | undefined> {
  interface Completed {
    readonly external_path?: string
    readonly trigger_timestamp: number
    readonly discarded?: boolean
  }
  const { latest } = await manager<{
    latest?: { completed?: Completed | null; savepoint?: Completed | null; restored?: Completed | null }
  }>(`/jobs/${id}/checkpoints`)
  const found = [latest?.completed, latest?.savepoint].filter(point => point?.external_path && !point.discarded)
  return found.sort((a, b) => b!.trigger_timestamp - a!.trigger_timestamp)[0]?.external_path
}

/** Resolves when all of the job's tasks run. Throws with the root cause when it ends, or goes on failing, instead. */
export async function running(manager: Rest, id: string, timeoutMs: number): Promise<void> {
  for (const until = Date.now() + timeoutMs; ; await sleep(PAUSE_MS)) {
    const { state, vertices } = await details(manager, id)
    if (state === 'RUNNING' && vertices.every(vertex => vertex.status === 'RUNNING' || vertex.status === 'FINISHED'))
      return
    if (!hasEnded(state) && state !== 'RESTARTING' && Date.now() < until) continue
    const why = await failure(manager, id)
    if (state === 'FINISHED') return
    throw new FlinkError(`the job is ${state.toLowerCase()}${why === undefined ? ' and does not run' : `: ${why}`}`)
  }
}

/** Ends a job at once; resolves when it has ended. One that is gone has ended. */
export async function cancel(manager: Rest, id: string, timeoutMs: number): Promise<void> {
  try {
    await manager(`/jobs/${id}?mode=cancel`, { method: 'PATCH' })
  } catch (error) {
    if (!(error instanceof FlinkError) || (error.status !== 404 && error.status !== 409)) throw error
  }
  for (const until = Date.now() + timeoutMs; ; await sleep(PAUSE_MS)) {
    const state = await details(manager, id).then(
      ({ state }) => state,
      error => {
        if (error instanceof FlinkError && error.status === 404) return 'CANCELED' as const
        throw error
      },
    )
    if (hasEnded(state)) return
    if (Date.now() > until) throw new FlinkError(`the job is still ${state.toLowerCase()} ${timeoutMs / 1000} s later`)
  }
}

/** Ends a job and gives the place of its savepoint. */
export async function stopWithSavepoint(manager: Rest, id: string): Promise<string> {
  const { 'request-id': request } = await manager<{ 'request-id': string }>(`/jobs/${id}/stop`, {
    method: 'POST',
    body: { drain: false },
  })
  for (const until = Date.now() + SAVEPOINT_MS; ; await sleep(PAUSE_MS)) {
    const { status, operation } = await manager<{
      status: { id: 'IN_PROGRESS' | 'COMPLETED' }
      operation?: { location?: string; 'failure-cause'?: { 'stack-trace': string } }
    }>(`/jobs/${id}/savepoints/${request}`)
    const cause = operation?.['failure-cause']
    if (cause) throw new FlinkError(`no savepoint: ${rootCause(cause['stack-trace'])}`)
    if (status.id === 'COMPLETED' && operation?.location !== undefined) return operation.location
    if (Date.now() > until) throw new FlinkError(`no savepoint after ${SAVEPOINT_MS / 1000} s`)
  }
}

/** A metric of every operator that has it, added up or the largest; undefined where none has it. */
export async function metric(
  manager: Rest,
  id: string,
  suffix: string,
  of: 'sum' | 'max',
): Promise<number | undefined> {
  const { vertices } = await details(manager, id)
  const values: number[] = []
  for (const vertex of vertices) {
    const path = `/jobs/${id}/vertices/${vertex.id}/subtasks/metrics`
    const known = await manager<{ id: string }[]>(path)
    const wanted = known.map(({ id }) => id).filter(name => name === suffix || name.endsWith(`.${suffix}`))
    if (wanted.length === 0) continue
    const query = `get=${wanted.map(encodeURIComponent).join(',')}&agg=${of}`
    const found = await manager<Record<'sum' | 'max', number | undefined>[]>(`${path}?${query}`)
    values.push(...found.flatMap(value => value[of] ?? []).filter(Number.isFinite))
  }
  if (values.length === 0) return undefined
  return of === 'sum' ? values.reduce((a, b) => a + b, 0) : Math.max(...values)
}

export interface Slots {
  readonly total: number
  readonly free: number
}

export async function slots(manager: Rest): Promise<Slots> {
  const answer = await manager<{ 'slots-total': number; 'slots-available': number }>('/overview')
  return { total: answer['slots-total'], free: answer['slots-available'] }
}

const details = (manager: Rest, id: string): Promise<Details> => manager<Details>(`/jobs/${id}`)
