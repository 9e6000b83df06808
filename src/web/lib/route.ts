import { RANGES, type Range } from './range.js'

/** What the page shows: the wall, or one metric. */
export interface Route {
  readonly metric: string | null
  readonly range: Range
}

/** `#name` or `#name/1h`; anything else is the wall. */
export function parseHash(hash: string): Route {
  const [name = '', range] = hash.replace(/^#\/?/, '').split('/')
  return { metric: decode(name) || null, range: RANGES.find(known => known === range) ?? 'live' }
}

/** The hash that leads to a route. */
export function formatHash(route: Route): string {
  if (route.metric === null) return '#/'
  return `#${encodeURIComponent(route.metric)}${route.range === 'live' ? '' : `/${route.range}`}`
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}
