import type { Readable } from 'node:stream'
import { createClient } from '@clickhouse/client'
import { toClickHouseError } from './clickhouseError.js'
import { createInserter } from './clickhouseInsert.js'

export { ClickHouseError } from './clickhouseError.js'

export interface ClickHouseOptions {
  url: string
  username?: string
  password?: string
  database?: string
  /** Milliseconds without an answer after which a call fails; 60,000 unless told. The server may still finish the call. */
  timeout?: number
  /** Connections kept open for INSERTs, and as many for the rest; calls beyond wait. 10 unless told. */
  connections?: number
}

export type Settings = Record<string, string | number | boolean>
export interface CallOptions {
  settings?: Settings
  /** Appears in system.query_log. */
  queryId?: string
  signal?: AbortSignal
}

/** The bytes of an INSERT: whole, or as a stream of chunks. */
export type InsertBody = string | Buffer | Readable

/** Each call fails with ClickHouseError and nothing else. Nothing is retried: ask `retryable`. */
export interface ClickHouse {
  /** DDL, SYSTEM …, INSERT … SELECT: anything without a result; `params` fill `{name:Type}`. */
  command(sql: string, params?: Record<string, unknown>, options?: CallOptions): Promise<void>
  /**
   * Rows as objects. Integers of 64 bits and more, and decimals, come as strings so that nothing is rounded; NaN and
   * infinity come as null; dates and times as `YYYY-MM-DD[ hh:mm:ss[.fff]]`. Write no FORMAT. `params` fill
   * `{name:Type}`; a DateTime64(3,'UTC') takes a Date.
   */
  query<T>(sql: string, params?: Record<string, unknown>, options?: CallOptions): Promise<T[]>
  /**
   * `table` is `db.table` or with a column list, `db.table (a, b)`, already quoted where needed.
   * Resolves once it is stored: after that a crash loses nothing. A body of more than `max_insert_block_size` rows is
   * stored in several blocks, and a failure may leave the first ones: keep batches below, and give a token.
   */
  insert(table: string, body: InsertBody, format: string, settings?: Settings): Promise<void>
  /** Throws unless the server answers and accepts the account. */
  ping(): Promise<void>
  close(): Promise<void>
}

const EXACT_JSON: Settings = {
  output_format_json_quote_64bit_integers: 1,
  output_format_json_quote_decimals: 1,
  output_format_json_quote_denormals: 0,
}

/** A client with a pool of kept-alive connections; nothing is sent before the first call. */
export function createClickHouse(options: ClickHouseOptions): ClickHouse {
  const { url, username = 'default', password = '', database, timeout = 60_000, connections = 10 } = options
  const client = createClient({
    url,
    username,
    password,
    ...(database !== undefined && { database }),
    request_timeout: timeout,
    max_open_connections: connections,
    application: 'rtdash',
    log: { level: 127 }, // errors are thrown, not printed
  })
  const inserter = createInserter({ url, username, password, database, timeout, connections })
  const call = (params: Record<string, unknown> | undefined, { settings, queryId, signal }: CallOptions = {}) => ({
    ...(params && { query_params: params }),
    ...(queryId !== undefined && { query_id: queryId }),
    ...(signal && { abort_signal: signal }),
    clickhouse_settings: settings ?? {},
  })

  async function command(sql: string, params?: Record<string, unknown>, options?: CallOptions) {
    await client.command({ query: sql, ...call(params, options) }).catch(rethrow)
  }

  async function query<T>(sql: string, params?: Record<string, unknown>, options: CallOptions = {}): Promise<T[]> {
    const settings = { ...EXACT_JSON, ...options.settings }
    try {
      const answer = await client.query({
        query: sql,
        format: 'JSONEachRow',
        ...call(params, { ...options, settings }),
      })
      return await answer.json<T>()
    } catch (error) {
      throw toClickHouseError(error)
    }
  }

  async function insert(table: string, body: InsertBody, format: string, settings: Settings = {}) {
    await inserter.insert(`INSERT INTO ${table} FORMAT ${format}`, body, settings).catch(rethrow)
  }

  async function close() {
    inserter.close()
    await client.close()
  }

  return { command, query, insert, ping: () => command('SELECT 1 FORMAT Null'), close }
}

function rethrow(error: unknown): never {
  throw toClickHouseError(error)
}
