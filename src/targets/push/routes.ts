import type { ServiceConfig } from '../../model/serviceConfig.js'

/** One path that the service answers, and the role that does. */
interface Route {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly role: 'ingest' | 'push' | 'all'
  readonly purpose: string
}

const ROUTES: readonly Route[] = [
  { method: 'POST', path: '/ingest/{source}', role: 'ingest', purpose: 'events in' },
  { method: 'GET', path: '/ws', role: 'push', purpose: 'updates over a WebSocket' },
  { method: 'GET', path: '/events', role: 'push', purpose: 'updates as server-sent events' },
  { method: 'GET', path: '/api/metrics', role: 'push', purpose: 'all metrics with their newest values' },
  { method: 'GET', path: '/api/metrics/{name}', role: 'push', purpose: 'newest value, or the value at an instant' },
  { method: 'GET', path: '/api/metrics/{name}/history', role: 'push', purpose: 'values of the past' },
  { method: 'GET', path: '/api/openapi.json', role: 'push', purpose: 'description of this interface' },
  { method: 'GET', path: '/healthz', role: 'all', purpose: 'whether the process is well' },
  { method: 'GET', path: '/readyz', role: 'all', purpose: 'whether it should get traffic' },
  { method: 'GET', path: '/metrics', role: 'all', purpose: 'telemetry for Prometheus' },
]

/** What is served where, for proxies, reviewers and clients: the routes, then each source's and metric's own addresses. */
export const routes = (service: ServiceConfig) => ({
  routes: ROUTES,
  sources: service.sources.map(({ name }) => ({ name, ingest: `/ingest/${name}` })),
  metrics: service.metrics.map(({ name, tier, deliver }) => ({
    name,
    tier,
    deliver,
    ws: { path: '/ws', subscribe: { action: 'subscribe', metric: name } },
    sse: `/events?metric=${name}`,
    poll: `/api/metrics/${name}`,
    history: `/api/metrics/${name}/history`,
  })),
})
