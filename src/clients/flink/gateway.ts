import { setTimeout as sleep } from 'node:timers/promises'
import { FlinkError, type Rest } from './rest.js'

/** What a statement gave: rows as values by position, and the job that it started, if it did. */
export interface StatementResult {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly unknown[])[]
  readonly job?: string
}

/** A session of the SQL gateway: settings and temporary tables are its own. */
export interface Session {
  run(statement: string): Promise<StatementResult>
  /** The gateway's configuration with the session's settings over it. */
  properties(): Promise<Readonly<Record<string, string>>>
}

interface Fetched {
  readonly resultType: 'NOT_READY' | 'PAYLOAD' | 'EOS'
  readonly nextResultUri?: string
  readonly jobID?: string
  readonly results?: {
    readonly columns?: readonly { readonly name: string }[]
    readonly data?: readonly { readonly fields: readonly unknown[] }[]
  }
}

const PAUSE_MS = 20

/** Opens a session, hands it over, and closes it; jobs that it started go on. */
export async function withSession<T>(
  gateway: Rest,
  properties: Readonly<Record<string, string>>,
  use: (session: Session) => Promise<T>,
): Promise<T> {
  const opened = await gateway<{ sessionHandle: string }>('/v1/sessions', {
    method: 'POST',
    body: { sessionName: 'rtdash', properties },
  })
  const path = `/v1/sessions/${opened.sessionHandle}`
  try {
    return await use({
      run: statement => run(gateway, path, statement),
      properties: async () => (await gateway<{ properties: Record<string, string> }>(path)).properties,
    })
  } finally {
    // A session that cannot be closed ends by the gateway's own timeout.
    await gateway(path, { method: 'DELETE' }).catch(() => {})
  }
}

async function run(gateway: Rest, session: string, statement: string): Promise<StatementResult> {
  const { operationHandle } = await gateway<{ operationHandle: string }>(`${session}/statements`, {
    method: 'POST',
    body: { statement },
  })
  const rows: (readonly unknown[])[] = []
  let columns: readonly string[] = []
  let job: string | undefined
  let path: string | undefined = `${session}/operations/${operationHandle}/result/0?rowFormat=JSON`
  while (path !== undefined) {
    const page: Fetched = await gateway<Fetched>(path)
    if (page.resultType === 'NOT_READY') {
      await sleep(PAUSE_MS)
      path = page.nextResultUri ?? path
      continue
    }
    columns = page.results?.columns?.map(column => column.name) ?? columns
    rows.push(...(page.results?.data ?? []).map(row => row.fields))
    job = page.jobID ?? job
    path = page.resultType === 'EOS' ? undefined : page.nextResultUri
  }
  return { columns, rows, ...(job !== undefined && { job }) }
}

/** The JobManager that a gateway submits to, from the gateway's own configuration. */
export async function jobManagerOf(gateway: Rest): Promise<string> {
  const properties = await withSession(gateway, {}, session => session.properties())
  const address = properties['rest.address']
  if (address === undefined)
    throw new FlinkError('the SQL gateway does not say where its JobManager is: give the target `flink.jobmanager`')
  const scheme = properties['security.ssl.rest.enabled'] === 'true' ? 'https' : 'http'
  return `${scheme}://${address}:${properties['rest.port'] ?? '8081'}`
}
