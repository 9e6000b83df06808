const text = { type: 'string' }
const number = { type: 'number' }
const maybe = (type: string) => ({ type: [type, 'null'] })
const object = (properties: Readonly<Record<string, object>>, required = Object.keys(properties)) => ({
  type: 'object',
  properties,
  required,
})

const Update = object(
  {
    metric: text,
    value: { ...maybe('number'), description: 'null where undefined' },
    timestamp: { type: 'integer', description: 'End of the window, epoch milliseconds' },
    exact: { ...text, description: 'All digits, where value may have been rounded' },
    series: {
      type: 'array',
      items: { type: 'object', properties: { value: maybe('number'), exact: text }, required: ['value'] },
      description: "One for each value of the dimensions, under the dimensions' names; largest first",
    },
    truncated: { const: true, description: 'There are more series than the limit' },
    stale: { const: true, description: 'Behind its SLA: not to be shown as live' },
  },
  ['metric', 'value', 'timestamp'],
)

/** The bodies of answers, as JSON Schema. */
export const schemas = {
  Update,
  Catalogue: object({
    project: maybe('string'),
    timezone: text,
    metrics: {
      type: 'array',
      items: object({
        name: text,
        title: maybe('string'),
        description: maybe('string'),
        unit: maybe('string'),
        owner: maybe('string'),
        tier: { enum: [1, 2, 3] },
        deliver: { enum: ['ws', 'sse', 'poll'] },
        by: { type: 'array', items: text },
        window: { ...text, description: 'A duration such as 5m, or hour, day, week, month' },
        refresh_ms: number,
        cache_ms: number,
        sla: object({ latency_ms: number, query_ms: number, lag_ms: number }),
        latest: { oneOf: [{ $ref: '#/components/schemas/Update' }, { type: 'null' }] },
      }),
    },
  }),
  History: object({
    metric: text,
    step: { ...number, description: 'The step used, in milliseconds' },
    points: {
      type: 'array',
      items: object({ timestamp: number, value: maybe('number'), exact: text }, ['timestamp', 'value']),
    },
  }),
  Accepted: object({
    accepted: number,
    rejected: number,
    errors: { type: 'array', items: object({ line: number, column: text, message: text }, ['message']) },
  }),
  Error: object({ error: text, message: text }),
} as const
