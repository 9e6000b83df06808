import { schemas } from './openapiSchemas.js'

const json = (description: string, schema: object) => ({
  description,
  content: { 'application/json': { schema } },
})
const ref = (name: keyof typeof schemas) => ({ $ref: `#/components/schemas/${name}` })
const query = (name: string, description: string, schema: object, required = false) => ({
  name,
  in: 'query',
  required,
  description,
  schema,
})
const path = (name: string, description: string) => ({
  name,
  in: 'path',
  required: true,
  description,
  schema: { type: 'string' },
})
const fails = (...codes: number[]) => Object.fromEntries(codes.map(code => [code, json(REASONS[code]!, ref('Error'))]))
const REASONS: Readonly<Record<number, string>> = {
  400: 'A parameter or the body cannot be read',
  401: 'The token is missing or not valid',
  403: 'The token does not allow this',
  404: 'There is no such thing',
  413: 'The body is over 16 MiB',
  429: 'Too much at once; see Retry-After',
  503: 'Not now; see Retry-After',
}
const INSTANT = { oneOf: [{ type: 'integer' }, { type: 'string', format: 'date-time' }] }
const METRIC = path('name', "The metric's name")
const NOT_MODIFIED = { description: 'What the ETag of If-None-Match names is still current' }

/** The OpenAPI 3.1 description of all that the service answers over HTTP. */
export const openapi = () => ({
  openapi: '3.1.0',
  info: {
    title: 'rtdash service',
    version: '1',
    description:
      'Metrics computed once per refresh: polled, streamed as server-sent events, or pushed over a WebSocket at /ws.',
  },
  security: [{}, { bearer: [] }, { token: [] }],
  paths: {
    '/api/metrics': {
      get: {
        summary: 'The metrics and their newest values',
        responses: { 200: json('The catalogue', ref('Catalogue')), 304: NOT_MODIFIED, ...fails(401) },
      },
    },
    '/api/metrics/{name}': {
      get: {
        summary: 'The newest value, or the value at an instant',
        parameters: [METRIC, query('at', 'Epoch milliseconds or ISO 8601; floored to the buckets', INSTANT)],
        responses: { 200: json('One value', ref('Update')), 304: NOT_MODIFIED, ...fails(400, 401, 403, 404) },
      },
    },
    '/api/metrics/{name}/history': {
      get: {
        summary: 'Past values',
        parameters: [
          METRIC,
          query('from', 'First instant; by default 300 refreshes ago', INSTANT),
          query('to', 'Last instant; by default now', INSTANT),
          query('step', 'Milliseconds, or 30s, 5m, 1h; the answer tells the step used', { type: 'string' }),
        ],
        responses: { 200: json('Values in order', ref('History')), 304: NOT_MODIFIED, ...fails(400, 401, 403, 404) },
      },
    },
    '/api/status': {
      get: {
        summary: 'How the service is doing, metric by metric',
        responses: { 200: json('The state', { type: 'object' }), ...fails(401) },
      },
    },
    '/events': {
      get: {
        summary: 'Server-sent events: one Update in each',
        parameters: [
          {
            ...query('metric', 'May be given many times', { type: 'array', items: { type: 'string' } }, true),
            explode: true,
          },
          { name: 'Last-Event-ID', in: 'header', description: 'Goes on after this event', schema: { type: 'string' } },
        ],
        responses: {
          200: { description: 'A stream', content: { 'text/event-stream': { schema: { type: 'string' } } } },
          ...fails(400, 401, 403, 404, 429),
        },
      },
    },
    '/ingest/{source}': {
      post: {
        summary: 'Events in: one JSON object, an array, or NDJSON',
        security: [{}, { bearer: [] }],
        parameters: [
          path('source', "The source's name"),
          {
            name: 'Idempotency-Key',
            in: 'header',
            description: 'The same key counts once',
            schema: { type: 'string' },
          },
        ],
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: { oneOf: [{ type: 'object' }, { type: 'array', items: { type: 'object' } }] },
            },
            'application/x-ndjson': { schema: { type: 'string' } },
          },
        },
        responses: { 202: json('Stored', ref('Accepted')), ...fails(400, 401, 403, 404, 413, 429, 503) },
      },
    },
    '/healthz': { get: { summary: 'Whether it lives', responses: { 200: json('Alive', { type: 'object' }) } } },
    '/readyz': {
      get: { summary: 'Whether it can serve', responses: { 200: json('Ready', { type: 'object' }), ...fails(503) } },
    },
    '/metrics': {
      get: {
        summary: "The service's own figures and every metric's value, for Prometheus",
        responses: { 200: { description: 'Text format', content: { 'text/plain': {} } }, ...fails(401, 403) },
      },
    },
  },
  components: {
    schemas,
    securitySchemes: {
      bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
      token: { type: 'apiKey', in: 'query', name: 'token' },
    },
  },
})
