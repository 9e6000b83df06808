import type { ClickHouseOptions } from '../clients/clickhouse.js'
import { ImportFailed } from './errors.js'

/** `https://user:password@host:8443` apart: an account never stays in a URL that may be printed. */
export function clickhouseFromUrl(text: string): ClickHouseOptions {
  if (!URL.canParse(text))
    throw new ImportFailed('bad-url', 'the address of ClickHouse is no URL', 'write http://host:8123')
  const url = new URL(text)
  const [username, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)]
  url.username = url.password = ''
  return { url: url.href, ...(username && { username }), ...(password && { password }) }
}
