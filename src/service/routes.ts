import type { ClickHouse } from '../clients/clickhouse.js'
import type { MetricConfig, ServiceConfig } from '../model/serviceConfig.js'
import { catalogue } from './api/catalogue.js'
import { createHistory } from './api/history.js'
import { durationParam, instantParam } from './api/instant.js'
import type { SharedAnswers } from './api/memo.js'
import { openapi } from './api/openapi.js'
import { sendPage } from './api/pages.js'
import { createValues } from './api/values.js'
import { HttpError, sendCacheable } from './http/answer.js'
import type { Call, Route } from './http/router.js'
import { createLimiter } from './publish/limiter.js'
import type { Push } from './push/push.js'
import type { Authenticate, Reader } from './security/reader.js'

/** Queries that viewers cause, at a time; those of the publisher don't wait for them. */
const API_QUERIES = 2
const API_WAITING = 100

const tooBusy = () => new HttpError(429, 'too_busy', 'too many queries are waiting', { 'Retry-After': '2' })

export interface ReadParts {
  readonly db: ClickHouse
  readonly config: () => ServiceConfig | undefined
  readonly push: Push
  readonly authenticate: Authenticate
  /** Whether every reader sees the same, so that caches between may share answers. */
  readonly open: boolean
  readonly webDir: string | undefined
  /** Where several nodes share what they have computed. */
  readonly answers?: SharedAnswers | undefined
}

/** The read path: catalogue, values, history, event streams, and the page. */
export function readRoutes({ db, config, push, authenticate, open, webDir, answers }: ReadParts): Route[] {
  const limit = createLimiter(API_QUERIES, API_WAITING, tooBusy)
  const values = createValues(db, push.rings, limit, answers)
  const history = createHistory(db, limit, answers)

  /** The metric of the path. Throws HttpError 401, 403 or 404. */
  async function metricOf({ req, url, params }: Call): Promise<MetricConfig> {
    return find(await authenticate(req, url), params.name ?? '')
  }

  function find(reader: Reader, name: string): MetricConfig {
    if (!reader.allows(name)) throw new HttpError(403, 'forbidden', 'the token does not allow this metric')
    const metric = config()?.metrics.find(one => one.name === name)
    if (!metric)
      throw new HttpError(404, 'unknown_metric', `there is no metric ${JSON.stringify(name)}; see /api/metrics`)
    return metric
  }

  return [
    {
      method: 'GET',
      path: '/api/metrics',
      handle: async ({ req, res, url }) =>
        sendCacheable(req, res, catalogue(config(), push.rings, await authenticate(req, url)), 0, open),
    },
    {
      method: 'GET',
      path: '/api/metrics/{name}',
      handle: async call => {
        const metric = await metricOf(call)
        const at = instantParam(call.url, 'at')
        const { value, until } = await (at === undefined ? values.newest(metric) : values.at(metric, at))
        sendCacheable(call.req, call.res, value, until - Date.now(), open)
      },
    },
    {
      method: 'GET',
      path: '/api/metrics/{name}/history',
      handle: async call => {
        const metric = await metricOf(call)
        const ask = {
          from: instantParam(call.url, 'from'),
          to: instantParam(call.url, 'to'),
          step: durationParam(call.url, 'step'),
        }
        const { value, until } = await history(metric, ask)
        sendCacheable(call.req, call.res, value, until - Date.now(), open)
      },
    },
    {
      method: 'GET',
      path: '/api/openapi.json',
      handle: ({ req, res }) => sendCacheable(req, res, openapi(), 60_000, true),
    },
    {
      method: 'GET',
      path: '/events',
      handle: async ({ req, res, url }) => {
        const reader = await authenticate(req, url)
        const names = [...new Set(url.searchParams.getAll('metric').flatMap(text => text.split(',')))].filter(Boolean)
        if (names.length === 0) throw new HttpError(400, 'no_metric', 'name at least one: /events?metric=NAME')
        for (const name of names) find(reader, name)
        if (req.method === 'HEAD') return void res.writeHead(200, { 'Content-Type': 'text/event-stream' }).end()
        push.stream(res, reader, names, lastEventId(single(req.headers['last-event-id']), url))
      },
    },
    {
      method: 'GET',
      path: '/ws',
      handle: () => {
        throw new HttpError(426, 'upgrade_required', 'this is for WebSockets', { Upgrade: 'websocket' })
      },
    },
    { method: 'GET', path: '/*', handle: ({ req, res, url }) => sendPage(req, res, webDir, url.pathname) },
  ]
}

const single = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header[0] : header

/** The header a browser sends when it comes back, or `?since=` of a client that remembers by itself. */
const lastEventId = (header: string | undefined, url: URL): string => header ?? url.searchParams.get('since') ?? ''
