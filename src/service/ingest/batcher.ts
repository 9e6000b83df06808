import { BatchRefused, createBatch, joinRows, newToken, type RowColumn, type Sink } from './batch.js'
import { deadLetterColumns, type Rows } from './encoded.js'
import type { Spool } from './spool.js'

/** The rows of one request, and where they go. Requests of the same `target` object share an INSERT. */
export interface Entry {
  readonly target: BatchTarget
  readonly raw: Rows
  readonly dead: Rows
}

export interface BatchTarget {
  readonly database: string
  readonly table: string
  readonly deadLetters: string
  readonly columns: readonly RowColumn[]
}

export interface Batcher {
  /** Resolves when the rows are durable; requests are acknowledged in the order in which they came. */
  submit(entry: Entry): Promise<void>
  /** Rows and bytes waiting or on their way. */
  pending(): { rows: number; bytes: number }
  /** Resolves when nothing is waiting or on its way. */
  idle(): Promise<void>
}

export interface BatcherOptions {
  readonly sink: Sink
  readonly spool: Spool
  /** How long the first event waits for others while no INSERT is running, in ms. */
  readonly windowMs: number
  readonly maxRows: number
  readonly maxBytes: number
}

/** So many rows wait for no others: an INSERT of them costs little more per row than a larger one. */
const ENOUGH_ROWS = 10_000

interface Waiting extends Entry {
  readonly rows: number
  readonly bytes: number
  readonly since: number
  resolve(): void
  reject(error: Error): void
}

/** Gathers requests into INSERTs of one source, one at a time: while one runs the next grows. */
export function createBatcher({ sink, spool, windowMs, maxRows, maxBytes }: BatcherOptions): Batcher {
  let queue: Waiting[] = []
  let writing: readonly Waiting[] = []
  let timer: NodeJS.Timeout | undefined
  const idlers: (() => void)[] = []

  const enough = (): boolean => sum(queue, 'rows') >= Math.min(ENOUGH_ROWS, maxRows) || sum(queue, 'bytes') >= maxBytes

  function schedule(): void {
    if (writing.length > 0 || timer) return
    const first = queue[0]
    if (!first) return void idlers.splice(0).forEach(resolve => void resolve())
    const wait = enough() ? 0 : Math.max(0, first.since + windowMs - Date.now())
    timer = setTimeout(() => {
      timer = undefined
      void flush()
    }, wait)
  }

  async function flush(): Promise<void> {
    const taken = take()
    writing = taken
    try {
      await write(taken)
      for (const entry of taken) entry.resolve()
    } catch (error) {
      // What waits behind may hold duplicates of what has just failed: it fails too, and its clients send it again.
      const behind = queue
      queue = []
      for (const entry of [...taken, ...behind]) entry.reject(error as Error)
    } finally {
      writing = []
      schedule()
    }
  }

  /** The longest beginning of the queue that fits one INSERT; a request is never split. */
  function take(): Waiting[] {
    let count = 0
    let rows = 0
    let bytes = 0
    for (const entry of queue) {
      if (
        count > 0 &&
        (entry.target !== queue[0]!.target || rows + entry.rows > maxRows || bytes + entry.bytes > maxBytes)
      )
        break
      count++
      rows += entry.rows
      bytes += entry.bytes
    }
    return queue.splice(0, count)
  }

  async function write(entries: readonly Waiting[]): Promise<void> {
    const { database, table, deadLetters, columns } = entries[0]!.target
    const now = Date.now()
    const batch = createBatch(
      [
        { database, table, kind: 'raw', columns, rows: joinRows(entries.map(({ raw }) => raw)) },
        {
          database,
          table: deadLetters,
          kind: 'dead',
          columns: deadLetterColumns,
          rows: joinRows(entries.map(({ dead }) => dead)),
        },
      ],
      now,
      newToken(now),
    )
    if (batch.inserts.length === 0) return
    await spool.put(batch)
    try {
      await sink.write(batch)
    } catch (error) {
      if (error instanceof BatchRefused) await spool.remove(batch)
      throw error
    }
    // It is stored: a file that stays is sent again at the next start, under its token, and counts once.
    await spool.remove(batch).catch(() => {})
  }

  return {
    submit(entry) {
      return new Promise((resolve, reject) => {
        const rows = entry.raw.starts.length + entry.dead.starts.length
        const bytes = entry.raw.bytes.length + entry.dead.bytes.length
        queue.push({ ...entry, rows, bytes, since: Date.now(), resolve, reject })
        if (timer && enough()) {
          clearTimeout(timer)
          timer = undefined
        }
        schedule()
      })
    },
    pending: () => ({
      rows: sum(queue, 'rows') + sum(writing, 'rows'),
      bytes: sum(queue, 'bytes') + sum(writing, 'bytes'),
    }),
    idle: () =>
      new Promise(resolve => {
        idlers.push(resolve)
        schedule()
      }),
  }
}

const sum = (entries: readonly Waiting[], key: 'rows' | 'bytes'): number =>
  entries.reduce((total, entry) => total + entry[key], 0)
