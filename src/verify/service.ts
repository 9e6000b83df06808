import { VerifyError } from './errors.js'

/** Where the service answers, and the tokens it may want. */
export interface ServiceAddress {
  readonly url: string
  readonly readToken?: string
  readonly writeToken?: string
}

/** The body of `/api/status`, as far as verify reads it. */
export interface ServiceState {
  /** Hash of the configuration in force. */
  readonly config: string | null
  readonly ingest: readonly IngestState[]
}

/** Counts since the service started. */
export interface IngestState {
  readonly source: string
  /** Includes duplicates and canaries. */
  readonly accepted: number
  readonly rejected: number
  readonly duplicates: number
  readonly canaries: number
  readonly inFlight: { readonly rows: number }
}

/** Headers for a reader. */
export const readHeaders = ({ readToken }: ServiceAddress): Record<string, string> =>
  readToken === undefined ? {} : { authorization: `Bearer ${readToken}` }

/** Asks the service how it is. Throws VerifyError when it does not say. */
export async function serviceState(service: ServiceAddress): Promise<ServiceState> {
  const url = new URL('/api/status', service.url)
  let answer: Response
  try {
    answer = await fetch(url, { headers: readHeaders(service), signal: AbortSignal.timeout(10_000) })
  } catch {
    throw new VerifyError('service-unreachable', `the service at ${url.origin} does not answer`)
  }
  if (answer.status === 401 || answer.status === 403)
    throw new VerifyError('not-allowed', `${url} answers ${answer.status}`, 'RTDASH_TOKEN holds a token for readers')
  if (!answer.ok) throw new VerifyError('service-failing', `${url} answers ${answer.status}`)
  return (await answer.json()) as ServiceState
}
