import type { ClickHouse } from '../../clients/clickhouse.js'
import { str } from './text.js'

/** At most this much SQL text in one call: well under what a server reads of a query. */
const CHUNK_CHARACTERS = 200_000

/** The server's own form of each text, by the server's own formatter: the form in which it stores views. */
export async function normalForms(clickhouse: ClickHouse, texts: readonly string[]): Promise<Map<string, string>> {
  const normal = new Map<string, string>()
  const format = async (chunk: readonly string[]): Promise<void> => {
    const sql = `SELECT formatQuerySingleLine(arrayJoin([${chunk.map(str).join(', ')}])) AS text`
    const rows = await clickhouse.query<{ text: string }>(sql, undefined, {
      settings: { max_query_size: 4 * CHUNK_CHARACTERS },
    })
    for (const [i, text] of chunk.entries()) normal.set(text, rows[i]!.text)
  }
  await Promise.all(chunked([...new Set(texts)]).map(format))
  return normal
}

function chunked(texts: readonly string[]): string[][] {
  const chunks: string[][] = []
  let size = Number.POSITIVE_INFINITY
  for (const text of texts) {
    if (size + text.length > CHUNK_CHARACTERS) {
      chunks.push([])
      size = 0
    }
    chunks.at(-1)!.push(text)
    size += text.length
  }
  return chunks
}
