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
        const answer = await fetch(`${apiUrl}${path}`, {
          method,
          headers,
          signal: AbortSignal.timeout(30_000),
          ...(body !== undefined && { body: JSON.stringify(body) }),
        })
        const text = await answer.text()
        if (answer.ok) return text === '' ? undefined : JSON.parse(text)
        const passing = answer.status >= 500 || answer.status === 429
        if (!passing || attempt === attempts)
          throw new ApiError(answer.status, `${method} ${path}: ${said(answer.status, text)}`)
        await new Promise(resolve => setTimeout(resolve, 500 * 2 ** attempt))
      }
    },
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
    if (typeof message === 'string') return `${status} ${message}`
  } catch {
    // A page of a proxy in between.
  }
  return String(status)
}
