import { field } from './context.js'

/** GitHub's REST API, as far as it is used here. Paths begin with `/`. */
export interface Api {
  /** Throws ApiError for any answer but 2xx. */
  request(method: 'GET' | 'POST' | 'PATCH', path: string, body?: unknown): Promise<unknown>
}

/** An answer that is no success. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message)
  }
}

const attempts = 4

/** Tries again, a little later each time, what the server could not do for now. */
export function createApi({ apiUrl, token }: { readonly apiUrl: string; readonly token?: string }): Api {
  const headers = {
    accept: 'application/vnd.github+json',
    'content-type': 'application/json',
    'user-agent': 'rtdash',
    'x-github-api-version': '2022-11-28',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  }
  return {
    async request(method, path, body) {
      for (let attempt = 1; ; attempt++) {
        const { status, text } = await send(`${apiUrl}${path}`, {
          method,
          headers,
          signal: AbortSignal.timeout(30_000),
          ...(body !== undefined && { body: JSON.stringify(body) }),
        })
        if (status >= 200 && status < 300) return text === '' ? undefined : JSON.parse(text)
        const passing = status === 0 || status >= 500 || status === 429
        if (!passing || attempt === attempts) throw new ApiError(status, `${method} ${path}: ${said(status, text)}`)
        await new Promise(resolve => setTimeout(resolve, 500 * 2 ** attempt))
      }
    },
  }
}

/** An answer; status 0 where none came. */
async function send(url: string, options: RequestInit): Promise<{ status: number; text: string }> {
  try {
    const answer = await fetch(url, options)
    return { status: answer.status, text: await answer.text() }
  } catch (error) {
    const { message, cause } = error as Error
    return { status: 0, text: JSON.stringify({ message: cause instanceof Error ? cause.message : message }) }
  }
}

/** All items of a list, page by page; `key` where the list is in an object. */
export async function listAll(api: Api, path: string, key?: string): Promise<unknown[]> {
  const all: unknown[] = []
  for (let page = 1; ; page++) {
    const answer = await api.request('GET', `${path}${path.includes('?') ? '&' : '?'}per_page=100&page=${page}`)
    const items = key === undefined ? answer : field(answer, key)
    if (!Array.isArray(items)) return all
    all.push(...items)
    if (items.length < 100) return all
  }
}

function said(status: number, text: string): string {
  try {
    const message = field(JSON.parse(text), 'message')
    if (typeof message === 'string') return status === 0 ? message : `${status} ${message}`
  } catch {
    // A page of a proxy in between.
  }
  return String(status)
}
