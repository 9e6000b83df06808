import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ClickHouse } from '../../clients/clickhouse.js'
import type { ServiceConfig } from '../../model/serviceConfig.js'
import { BatchRefused } from './batch.js'
import { Encoded } from './encoded.js'
import { Problem, problems } from './problem.js'
import { linesByType, readBody } from './readBody.js'
import { authorize, idempotencyKey } from './requestHeaders.js'
import { resendSpool } from './resend.js'
import { answer, refuse } from './respond.js'
import { type Answer, SourceIngest } from './sourceIngest.js'
import { BadBody, splitBody } from './splitBody.js'
import { createSpool } from './spool.js'
import type { SourceStats } from './stats.js'

export interface IngestOptions {
  /** The configuration in force, undefined before anything was applied. */
  readonly config: () => ServiceConfig | undefined
  readonly clickhouse: ClickHouse
  /** A folder of this service's own; batches on their way are kept in `spool/` in it. */
  readonly stateDir: string
  /** Write tokens; none means that anyone may write. */
  readonly tokens: readonly string[]
  readonly log: (message: string) => void
  readonly limits?: Partial<IngestLimits>
}

export interface IngestLimits {
  /** Decoded bytes of one request. */
  readonly requestBytes: number
  /** Decoded bytes of all requests under way; past it new ones get 429. */
  readonly inFlightBytes: number
  /** How long a request waits for its acknowledgement before 503, in ms. */
  readonly ackMs: number
  /** After so long without a successful insert new requests get 503 at once, in ms. */
  readonly downMs: number
  /** How long the first event of a batch waits for others, in ms. */
  readonly windowMs: number
}

const LIMITS: IngestLimits = {
  requestBytes: 16 << 20,
  inFlightBytes: 128 << 20,
  ackMs: 15_000,
  downMs: 3000,
  windowMs: 40,
}
/** Rows may be larger than their JSON (`{}` has none of its columns): so many times the request's limit at most. */
const ROWS_FACTOR = 4
const STOP_PATIENCE = 5000

export interface Ingest {
  /** `POST /ingest/{source}` (4-protocol.md). Answers every request itself and never throws. */
  handle(request: IncomingMessage, response: ServerResponse, source: string): Promise<void>
  stats(): SourceStats[]
  /** Sends what an earlier process left behind; requests wait for it. */
  start(): void
  /** Takes no more, lets what is under way finish, leaves the rest in the spool. */
  stop(): Promise<void>
}

/** The front door for events: checks, encodes and stores them, and answers when they are durable. */
export function createIngest({ config, clickhouse, stateDir, tokens, log, limits: given }: IngestOptions): Ingest {
  const limits = { ...LIMITS, ...given }
  const spool = createSpool(join(stateDir, 'spool'))
  const abort = new AbortController()
  const sources = new Map<string, SourceIngest>()
  let started: Promise<void> | undefined
  let stopping = false
  let inFlight = 0

  function start(): Promise<void> {
    started ??= resendSpool({ clickhouse, spool, log, signal: abort.signal }).catch(error => {
      if (!abort.signal.aborted) log(`the spool could not be read: ${(error as Error).message}`)
    })
    return started
  }

  function sourceIngest(name: string): SourceIngest {
    const found = sources.get(name)
    if (found) return found
    const { signal } = abort
    const made = new SourceIngest(name, { clickhouse, spool, log, signal, windowMs: limits.windowMs, settled: start() })
    sources.set(name, made)
    return made
  }

  async function accept(request: IncomingMessage, name: string, account: (bytes: number) => void): Promise<Answer> {
    if (request.method !== 'POST') throw problems.wrongMethod()
    authorize(request, tokens)
    if (stopping) throw problems.stopping()
    const current = config()
    if (!current) throw problems.noConfiguration()
    const source = current.sources.find(candidate => candidate.name === name)
    if (!source)
      throw problems.unknownSource(
        name,
        current.sources.map(candidate => candidate.name),
      )
    const lines = linesByType(request)
    const key = idempotencyKey(request)
    if (Number(request.headers['content-length'] ?? 0) > limits.requestBytes)
      throw problems.tooLarge(limits.requestBytes)
    if (inFlight >= limits.inFlightBytes) throw problems.overloaded()

    const ingest = sourceIngest(name)
    const compiled = ingest.compile(current.database, source)
    if (ingest.failingSince > 0 && Date.now() - ingest.failingSince > limits.downMs)
      throw problems.unavailable('ClickHouse is not taking inserts')
    await within(ingest.ready(), limits.ackMs, problems.starting)

    const events = new Encoded(key)
    const arrival = Date.now()
    const canaries = request.headers['x-rtdash-canary'] === '1'
    const splitter = splitBody((json, line) => compiled.decoder.decode(json, line, arrival, canaries, events), lines)
    let bytes = 0
    try {
      await readBody(request, (text, size) => {
        bytes += size
        account(size)
        if (bytes > limits.requestBytes || events.rows.length > limits.requestBytes * ROWS_FACTOR)
          throw problems.tooLarge(limits.requestBytes)
        if (inFlight > limits.inFlightBytes + limits.requestBytes) throw problems.overloaded()
        splitter.push(text)
      })
      splitter.end()
    } catch (error) {
      if (error instanceof BadBody) throw problems.badJson(error.message)
      throw error
    }
    if (events.parsed === 0 && events.deadStarts.length > 0) throw problems.badJson(events.errors[0]!.message)
    const answer = ingest.answerTo(key) ?? ingest.store(compiled, events, key, bytes)
    try {
      return await within(Promise.resolve(answer), limits.ackMs, () =>
        problems.unavailable('the events were not acknowledged in time'),
      )
    } catch (error) {
      if (error instanceof BatchRefused)
        throw problems.unavailable(`ClickHouse refuses the events of ${name}: ${error.message}`)
      if (abort.signal.aborted) throw problems.stopping()
      throw error
    }
  }

  return {
    async handle(request, response, name) {
      let held = 0
      const account = (bytes: number) => {
        held += bytes
        inFlight += bytes
      }
      try {
        answer(response, 202, await accept(request, name, account))
      } catch (error) {
        if (request.errored || response.destroyed) return
        const problem = error instanceof Problem ? error : undefined
        if (!problem) log(`ingest ${name}: ${(error as Error).stack ?? error}`)
        refuse(
          request,
          response,
          problem ?? new Problem(500, 'internal', 'the request failed inside the service; its log says why'),
        )
      } finally {
        inFlight -= held
      }
    },
    stats: () => [...sources.values()].map(source => source.stats()),
    start: () => void start(),
    async stop() {
      stopping = true
      const idle = Promise.all([...sources.values()].map(source => source.idle()))
      await Promise.race([idle, sleep(STOP_PATIENCE, undefined, { ref: false })])
      abort.abort()
      await started
    },
  }
}

/** `work`, or the problem after `ms`. */
async function within<T>(work: Promise<T>, ms: number, late: () => Problem): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), ms)
  })
  try {
    return await Promise.race([work, timeout])
  } finally {
    clearTimeout(timer)
  }
}
