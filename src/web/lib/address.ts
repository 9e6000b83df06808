/** Where the service is: `base` is the page's own address or any address of the service; the token goes along. */
export interface Address {
  readonly base: string
  readonly token: string
}

/** The address of the service that served this page, with the page's `?token=`. */
export function pageAddress(href: string): Address {
  const url = new URL(href)
  return { base: new URL('.', url).href.split(/[?#]/)[0]!, token: url.searchParams.get('token') ?? '' }
}

/** The address of a service from what people write: its root with or without `/` at the end, or its `/ws`; relative to `page`. */
export function serviceAddress(written: string, token: string, page: string): Address {
  const url = new URL(written, page)
  const root = written === '' ? new URL('.', url).pathname : url.pathname.replace(/\/(ws)?$/, '').concat('/')
  return {
    base: `${url.origin === 'null' ? `${url.protocol}//${url.host}` : url.origin}${root}`,
    token: token || (url.searchParams.get('token') ?? ''),
  }
}

/** Address of an API path such as `api/metrics`, relative to the page so that a path prefix is kept. */
export function apiUrl(address: Address, path: string, query: Readonly<Record<string, string | number>> = {}): string {
  const url = new URL(path, address.base)
  for (const [key, value] of Object.entries(query)) url.searchParams.set(key, String(value))
  if (address.token) url.searchParams.set('token', address.token)
  return url.href
}

/** Address of the WebSocket: `ws:` for `http:`, `wss:` for `https:`. */
export function socketUrl(address: Address): string {
  const url = new URL(apiUrl(address, 'ws'))
  url.protocol = url.protocol === 'http:' || url.protocol === 'ws:' ? 'ws:' : 'wss:'
  return url.href
}
