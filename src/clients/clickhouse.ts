import { Readable } from 'node:stream'
import { createClient } from '@clickhouse/client'
import { toClickHouseError } from './clickhouseError.js'

export { ClickHouseError } from './clickhouseError.js'

export interface ClickHouseOptions {
  url: string
  username?: string
  password?: string
  database?: string
  /** Milliseconds without an answer after which a call fails; 60,000 unless told. */
  timeout?: number
  /** Connections kept open, and so calls in flight; the rest wait. 10 unless told. */
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

/** Every call throws ClickHouseError and nothing else. */
export interface ClickHouse {
  /** DDL, SYSTEM …, INSERT … SELECT: anything without a result; `params` fill `{name:Type}`. */
  command(sql: string, params?: Record<string, unknown>, options?: CallOptions): Promise<void>
  /**
   * Rows as objects. Integers of 64 bits and more, and decimals, come as strings so that nothing is rounded; NaN and
   * infinity come as null; dates and times as `YYYY-MM-DD[ hh:mm:ss[.fff]]`. Write no FORMAT. `params` fill
   * `{name:Type}`; a DateTime64(3,'UTC') takes a Date.
   */
  query<T>(sql: string, params?: Record<string, unknown>, options?: CallOptions): Promise<T[]>
  /** `table` is `db.table` or with a column list, `db.table (a, b)`, already quoted where needed. */
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
  const client = createClient({
    url: options.url,
    username: options.username ?? 'default',
    password: options.password ?? '',
    ...(options.database !== undefined && { database: options.database }),
    request_timeout: options.timeout ?? 60_000,
    max_open_connections: options.connections ?? 10,
    application: 'rtdash',
    log: { level: 127 }, // errors are thrown, not printed
  })
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
    const values = body instanceof Readable ? body : Readable.from([body], { objectMode: false })
    const query = `INSERT INTO ${table} FORMAT ${format}`
    try {
      const { stream } = await client.exec({ query, values, clickhouse_settings: settings })
      for await (const _ of stream); // an INSERT answers nothing; reading to the end frees the connection
    } catch (error) {
      throw toClickHouseError(error)
    }
  }

  return { command, query, insert, ping: () => command('SELECT 1 FORMAT Null'), close: () => client.close() }
}

function rethrow(error: unknown): never {
  throw toClickHouseError(error)
}
