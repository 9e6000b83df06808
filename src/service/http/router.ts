import type { IncomingMessage, ServerResponse } from 'node:http'
import { HttpError, sendError } from './answer.js'

/** One request on its way: its URL and what the path's `{…}` parts were. */
export interface Call {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly url: URL
  readonly params: Readonly<Record<string, string>>
}

export interface Route {
  readonly method: 'GET' | 'POST'
  /** `/api/metrics/{name}`; a `*` at the end takes the rest. */
  readonly path: string
  readonly handle: (call: Call) => Promise<void> | void
}

export interface RouterHooks {
  /** Before anything else: headers for pages of other origins. */
  readonly cors: (req: IncomingMessage, res: ServerResponse) => void
  readonly log: (message: string) => void
  /** After the answer: the route's path (bounded in number) and status. */
  readonly done: (route: string, status: number) => void
}

/** Answers requests from a table of routes; GET answers HEAD as well. */
export function createRouter(routes: readonly Route[], hooks: RouterHooks) {
  const compiled = routes.map(route => ({ ...route, match: matcher(route.path) }))

  return async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    let name = 'none'
    res.once('close', () => hooks.done(name, res.statusCode))
    try {
      hooks.cors(req, res)
      const url = parseUrl(req)
      const found = compiled.flatMap(route => {
        const params = route.match(url.pathname)
        return params ? [{ route, params }] : []
      })
      const method = req.method === 'HEAD' ? 'GET' : req.method
      const specific = found.filter(({ route }) => route.path === found[0]?.route.path)
      const hit = specific.find(({ route }) => route.method === method)
      if (specific[0]) name = specific[0].route.path
      const missing = specific.length === 0 || (!hit && req.method !== 'OPTIONS' && name === '/*')
      if (missing) throw new HttpError(404, 'not_found', `nothing is at ${url.pathname}`)
      const allow = allowed(specific.map(({ route }) => route.method))
      if (req.method === 'OPTIONS') res.writeHead(204, { Allow: allow }).end()
      else if (hit) await hit.route.handle({ req, res, url, params: hit.params })
      else throw new HttpError(405, 'method_not_allowed', `${url.pathname} takes ${allow}`, { Allow: allow })
    } catch (error) {
      if (!(error instanceof HttpError))
        hooks.log(`${req.method} ${name}: ${error instanceof Error ? error.stack : error}`)
      sendError(res, error)
      req.resume()
    }
  }
}

const allowed = (methods: readonly string[]): string =>
  [...methods.flatMap(method => (method === 'GET' ? ['GET', 'HEAD'] : [method])), 'OPTIONS'].join(', ')

/** The URL that was asked for. Throws HttpError 400 where it is none. */
export function parseUrl(req: IncomingMessage): URL {
  try {
    return new URL(`http://service${req.url?.startsWith('/') ? req.url : '/'}`)
  } catch {
    throw new HttpError(400, 'bad_url', 'the URL cannot be read')
  }
}

function matcher(path: string): (pathname: string) => Readonly<Record<string, string>> | undefined {
  const keys: string[] = []
  const source = path
    .replace(/[.+?^$()|[\]\\]/g, '\\$&')
    .replace(/\{(\w+)\}/g, (_, key: string) => {
      keys.push(key)
      return '([^/]+)'
    })
    .replace(/\*$/, '.*')
  const regex = new RegExp(`^${source}$`)
  return pathname => {
    const groups = regex.exec(pathname)
    return groups ? Object.fromEntries(keys.map((key, i) => [key, decode(groups[i + 1]!)])) : undefined
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new HttpError(400, 'bad_url', 'the path holds a broken %-escape')
  }
}
