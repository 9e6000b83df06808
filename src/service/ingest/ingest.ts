import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createKafkaProducer } from '../../clients/kafka/producer.js'
import type { Answer } from './answered.js'
import { BatchRefused } from './batch.js'
import { Encoded } from './encoded.js'
import { type IngestOptions, LIMITS } from './options.js'
import { Problem, problems } from './problem.js'
import { linesByType, readBody } from './readBody.js'
import { authorize, idempotencyKey } from './requestHeaders.js'
import { resendSpool } from './resend.js'
import { answer, refuse } from './respond.js'
import { type Compiled, SourceIngest } from './sourceIngest.js'
import { BadBody, splitBody } from './splitBody.js'
import { createSpool } from './spool.js'
import type { SourceStats } from './stats.js'
import { within } from './within.js'

/** Rows may be larger than their JSON (`{}` has none of its columns): so many times the request's limit at most. */
const ROWS_FACTOR = 4
const STOP_PATIENCE = 5000
/** Kafka takes small batches gladly. */
const KAFKA_WINDOW_MS = 5
/** Ten years: a producer that gives up would not know what was written. */
const NEVER_MS = 3.2e11

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
export function createIngest(options: IngestOptions): Ingest {
  const { config, clickhouse, stateDir, tokens, log, seenIds } = options
  const limits = { ...LIMITS, ...(options.kafka && { windowMs: KAFKA_WINDOW_MS }), ...options.limits }
  const kafka = options.kafka && {
    connection: options.kafka,
    producer: createKafkaProducer(options.kafka, { clientId: 'rtdash-ingest', timeoutMs: NEVER_MS }),
  }
  const backend = kafka ? 'Kafka' : 'ClickHouse'
  const spool = createSpool(join(stateDir, 'spool'))
  const abort = new AbortController()
  const sources = new Map<string, SourceIngest>()
  let started: Promise<void> | undefined
  let stopping = false
  let inFlight = 0

  function start(): Promise<void> {
    started ??= resendSpool({ clickhouse, kafka, spool, log, signal: abort.signal }).catch(error => {
      if (!abort.signal.aborted) log(`the spool could not be read: ${(error as Error).message}`)
    })
    return started
  }

  function sourceIngest(name: string, project: string): SourceIngest {
    const found = sources.get(name)
    if (found) return found
    const { signal } = abort
    const made = new SourceIngest(name, {
      project,
      clickhouse,
      kafka,
      seenIds,
      spool,
      log,
      signal,
      windowMs: limits.windowMs,
      settled: start(),
    })
    sources.set(name, made)
    return made
  }

  /** All that can be said before the body is read. */
  function admit(request: IncomingMessage, name: string): Admitted {
    if (request.method !== 'POST') throw problems.wrongMethod()
    authorize(request, tokens)
    if (stopping) throw problems.stopping()
    const current = config()
    if (!current) throw problems.noConfiguration()
    const source = current.sources.find(candidate => candidate.name === name)
    const known = current.sources.map(candidate => candidate.name)
    if (!source) throw problems.unknownSource(name, known)
    const lines = linesByType(request)
    const key = idempotencyKey(request)
    const announced = Number(request.headers['content-length'] ?? 0)
    if (announced > limits.requestBytes) throw problems.tooLarge(limits.requestBytes)
    if (inFlight >= limits.inFlightBytes) throw problems.overloaded()
    const ingest = sourceIngest(name, current.project)
    if (ingest.failingSince > 0 && Date.now() - ingest.failingSince > limits.downMs)
      throw problems.unavailable(`${backend} is not taking events`)
    return { ingest, compiled: ingest.compile(current.database, source), key, lines }
  }

  async function readEvents(request: IncomingMessage, admitted: Admitted, hold: Hold): Promise<Encoded> {
    const { compiled, key, lines } = admitted
    const events = new Encoded(key)
    const arrival = Date.now()
    const canaries = request.headers['x-rtdash-canary'] === '1'
    const splitter = splitBody((json, line) => compiled.decoder.decode(json, line, arrival, canaries, events), lines)
    try {
      await readBody(request, (text, size) => {
        hold.bytes += size
        inFlight += size
        if (hold.bytes > limits.requestBytes || events.rows.length > limits.requestBytes * ROWS_FACTOR)
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
    return events
  }

  /** The answer to a request, as soon as its events are durable. The memory stays counted until they are. */
  async function store(
    name: string,
    { ingest, compiled, key }: Admitted,
    events: Encoded,
    hold: Hold,
  ): Promise<Answer> {
    const known = ingest.answered.to(key)
    const stored = known ?? ingest.store(compiled, events, key, hold.bytes)
    if (!known) {
      const { bytes } = hold
      hold.bytes = 0
      const release = () => {
        inFlight -= bytes
      }
      void Promise.resolve(stored).then(release, release)
    }
    const late = () => problems.unavailable('the events were not acknowledged in time')
    try {
      return await within(Promise.resolve(stored), limits.ackMs, late)
    } catch (error) {
      if (error instanceof BatchRefused)
        throw problems.unavailable(`${backend} refuses the events of ${name}: ${error.message}`)
      if (error instanceof Problem) throw error
      if (abort.signal.aborted) throw problems.stopping()
      log(`ingest ${name}: ${(error as Error).stack ?? error}`)
      throw problems.unavailable('the events could not be written to the spool')
    }
  }

  return {
    async handle(request, response, name) {
      const hold: Hold = { bytes: 0 }
      try {
        const admitted = admit(request, name)
        await within(admitted.ingest.ready(), limits.ackMs, problems.starting)
        const events = await readEvents(request, admitted, hold)
        answer(response, 202, await store(name, admitted, events, hold))
      } catch (error) {
        if (request.errored || response.destroyed) return
        if (!(error instanceof Problem)) log(`ingest ${name}: ${(error as Error).stack ?? error}`)
        refuse(request, response, error instanceof Problem ? error : problems.internal())
      } finally {
        inFlight -= hold.bytes
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
      await Promise.race([kafka?.producer.close(), sleep(STOP_PATIENCE, undefined, { ref: false })])
    },
  }
}

/** A request that may send its events. */
interface Admitted {
  readonly ingest: SourceIngest
  readonly compiled: Compiled
  readonly key: bigint
  readonly lines: boolean
}

/** Decoded bytes that a request keeps in memory. */
interface Hold {
  bytes: number
}
