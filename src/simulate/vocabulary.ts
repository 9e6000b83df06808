type Weighted = readonly (readonly [string, number])[]

/** The kinds of events that values depend on. */
export const EVENT_TYPES: Weighted = [
  ['request', 62],
  ['page_view', 30],
  ['purchase', 5.5],
  ['error', 2.5],
]

/** Regions, and by how many hours their day is ahead of UTC. */
export const REGION_HOURS: Readonly<Record<string, number>> = {
  'eu-west': 1,
  'us-east': -5,
  'us-west': -8,
  'ap-south': 5.5,
  'ap-northeast': 9,
  'sa-east': -3,
}

const even = (...names: string[]): Weighted => names.map((name, rank) => [name, 1 / (rank + 1)] as const)

/** What a text column of a name is likely to hold; the first pattern that fits the name counts. */
const BY_NAME: readonly (readonly [RegExp, Weighted])[] = [
  [/^(event_?(type|name)|event|type|action|kind)$/, EVENT_TYPES],
  [/region|zone|location|datacenter/, even(...Object.keys(REGION_HOURS))],
  [/country/, even('DE', 'US', 'GB', 'FR', 'IN', 'BR', 'JP', 'NL')],
  [/city/, even('Berlin', 'London', 'New York', 'Paris', 'Mumbai', 'Tokyo')],
  [/service|app|component|module/, even('api', 'web', 'checkout', 'search', 'auth', 'payments')],
  [
    /route|path|url|page|endpoint|uri/,
    even('/', '/products/{id}', '/search', '/cart', '/checkout', '/users/{id}', '/login', '/orders'),
  ],
  [
    /method|verb/,
    [
      ['GET', 80],
      ['POST', 14],
      ['PUT', 3],
      ['DELETE', 2],
      ['PATCH', 1],
    ],
  ],
  [
    /status|outcome|result/,
    [
      ['ok', 97],
      ['error', 3],
    ],
  ],
  [
    /level|severity/,
    [
      ['info', 85],
      ['warn', 12],
      ['error', 3],
    ],
  ],
  [/device|platform|os/, even('mobile', 'desktop', 'tablet')],
  [/browser|agent|client/, even('Chrome', 'Safari', 'Firefox', 'Edge')],
  [/carrier|airline/, even('WN', 'AA', 'DL', 'UA', 'US', 'NW')],
  [/airport|origin|dest/, even('ATL', 'ORD', 'DFW', 'LAX', 'PHX', 'DEN')],
  [/currency/, even('EUR', 'USD', 'GBP')],
  [/category|product_type/, even('books', 'shoes', 'garden', 'toys', 'music')],
  [/channel|source|referrer|campaign/, even('direct', 'search', 'mail', 'social')],
  [/plan|tier|segment/, even('free', 'team', 'business')],
]

/** Values of a text column with their weights. Literals that the metrics compare it with always occur. */
export function vocabulary(name: string, hints: readonly string[]): Weighted {
  const known = BY_NAME.find(([pattern]) => pattern.test(name.toLowerCase()))?.[1]
  if (!known && hints.length === 0) return []
  const words = known ?? even('other', 'none')
  const fresh = hints.filter(hint => !words.some(([word]) => word === hint))
  const total = words.reduce((sum, [, weight]) => sum + weight, 0)
  return [...words, ...fresh.map(hint => [hint, total * 0.08] as const)]
}
