import type { ClickHouseOptions } from './clickhouse.js'
import { fromServer, toClickHouseError } from './clickhouseError.js'

/**
 * Whether the account has a privilege, as `INSERT ON db.*`: asks, and changes nothing. Over plain HTTP, since CHECK GRANT
 * takes no FORMAT, which the driver always writes. Throws ClickHouseError, also where the server is older than 24.10
 * and does not know the statement.
 */
export async function isGranted(options: ClickHouseOptions, privilege: string): Promise<boolean> {
  const { url, username = 'default', password = '', timeout = 10_000 } = options
  const answer = await fetch(url, {
    method: 'POST',
    body: `CHECK GRANT ${privilege}`,
    headers: { 'X-ClickHouse-User': encodeURIComponent(username), 'X-ClickHouse-Key': encodeURIComponent(password) },
    signal: AbortSignal.timeout(timeout),
  }).catch(error => {
    throw toClickHouseError(error)
  })
  const text = await answer.text()
  if (!answer.ok) throw fromServer(text, answer.status)
  return text.trim() === '1'
}
