import { setTimeout as sleep } from 'node:timers/promises'
import type { ClickHouse } from '../../clients/clickhouse.js'
import type { KafkaConnection } from '../../clients/kafka/connection.js'
import type { KafkaProducer } from '../../clients/kafka/producer.js'
import type { SourceConfig } from '../../model/serviceConfig.js'
import { names } from '../../naming.js'
import { EXTEND_MS, type SeenIds } from '../redis/seenIds.js'
import { type Batcher, type BatchTarget, createBatcher } from './batcher.js'
import { createClickHouseSink } from './clickhouseSink.js'
import type { Encoded, EventError } from './encoded.js'
import { createDecoder, type EventDecoder } from './eventDecoder.js'
import { createKafkaSink } from './kafkaSink.js'
import type { IngestOptions } from './options.js'
import { problems } from './problem.js'
import { refillIds, refillKeys } from './refill.js'
import { refillIdsFromTopic, refillKeysFromTopic, type TopicRefill } from './refillFromTopic.js'
import { SeenTable } from './seenTable.js'
import type { Spool } from './spool.js'
import { createCounters, type SourceStats } from './stats.js'

/** The body of a 202. */
export interface Answer {
  readonly accepted: number
  readonly rejected: number
  readonly errors: readonly EventError[]
}

/** What is compiled from one source of one configuration. */
export interface Compiled extends BatchTarget {
  readonly source: SourceConfig
  readonly decoder: EventDecoder
}

export interface SourceOptions {
  readonly project: string
  readonly clickhouse: ClickHouse
  readonly kafka: { readonly connection: KafkaConnection; readonly producer: KafkaProducer } | undefined
  readonly seenIds: IngestOptions['seenIds']
  readonly spool: Spool
  readonly log: (message: string) => void
  readonly signal: AbortSignal
  readonly windowMs: number
  /** Settles when all that an earlier process had under way is stored: only then raw tells what was seen. */
  readonly settled: Promise<void>
}

const DAY_S = 86_400
/** Answers kept whole; older ones are given again with their counts alone. */
const WHOLE_ANSWERS = 1000

const nowSeconds = (): number => Math.floor(Date.now() / 1000)

/** All that is kept for one source while the service runs: what was seen, what waits, what was counted. */
export class SourceIngest {
  readonly counters = createCounters()
  /** Since when inserts fail, epoch ms; 0 while they work. */
  failingSince = 0
  private readonly batcher: Batcher
  private readonly keys = new SeenTable(DAY_S, true)
  private readonly answers = new Map<bigint, Answer>()
  private readonly running = new Map<bigint, Promise<Answer>>()
  private keysReady: Promise<void> | undefined
  private ids: SeenTable | undefined
  private idsOf = ''
  private idsReady: Promise<void> | undefined
  private compiled: Compiled | undefined
  private shared: SeenIds | undefined
  private configured = ''

  constructor(
    readonly name: string,
    private readonly options: SourceOptions,
  ) {
    const { clickhouse, kafka, spool, log, signal, windowMs } = options
    const told = {
      signal,
      onTrouble: (sinceMs: number) => {
        this.failingSince = Date.now() - sinceMs
      },
      onInsert: (ms: number) => {
        this.failingSince = 0
        this.counters.insertMs.add(ms)
      },
    }
    const sink = kafka
      ? createKafkaSink({ producer: kafka.producer, ...told })
      : createClickHouseSink({ clickhouse, log, ...told })
    this.batcher = createBatcher({ sink, spool, windowMs, maxRows: 200_000, maxBytes: 32 << 20 })
  }

  /** The source as configured now, compiled again when it has changed. */
  compile(database: string, source: SourceConfig): Compiled {
    if (this.compiled?.source === source && this.configured === database) return this.compiled
    const { kafka, clickhouse, seenIds, project } = this.options
    const decoder = createDecoder(source, {
      ...(kafka && { writes: 'records' as const }),
      ...(seenIds && { sharedIds: true }),
    })
    this.shared = source.dedupMs === undefined ? undefined : seenIds?.(project, source)
    const { table, deadLetters, topic } = source
    // Records have no database.
    this.compiled = kafka
      ? { source, decoder, database: '', table: topic, deadLetters: names.deadLettersTopic(topic), columns: [] }
      : { source, decoder, database, table, deadLetters, columns: decoder.columns }
    this.configured = database
    this.keysReady ??= this.untilDone(async () => {
      const refill = this.topicRefill(source)
      if (refill) await refillKeysFromTopic(refill, this.keys)
      await refillKeys(clickhouse, database, source, this.keys)
    })
    this.remember(database, source, decoder)
    return this.compiled
  }

  private topicRefill(source: SourceConfig): TopicRefill | undefined {
    const { kafka, project, signal } = this.options
    return kafka && { kafka: kafka.connection, project, source, signal }
  }

  /** Resolves when what was seen before the start is known again. */
  async ready(): Promise<void> {
    await Promise.all([this.options.settled, this.keysReady, this.idsReady])
  }

  private remember(database: string, source: SourceConfig, decoder: EventDecoder): void {
    const type = source.columns.find(({ name }) => name === source.id)?.type
    const idsOf =
      source.dedupMs === undefined ? '' : JSON.stringify([database, source.table, source.id, type, source.dedupMs])
    if (idsOf === this.idsOf) return
    this.idsOf = idsOf
    const ids = idsOf === '' || this.shared ? undefined : new SeenTable(Math.ceil(source.dedupMs! / 1000))
    this.ids = ids
    this.idsReady =
      ids &&
      this.untilDone(async () => {
        const refill = this.topicRefill(source)
        if (refill) await refillIdsFromTopic(refill, decoder, ids)
        await refillIds(this.options.clickhouse, database, source, decoder, ids)
      })
  }

  private async untilDone(work: () => Promise<void>): Promise<void> {
    await this.options.settled
    for (let pause = 100; !this.options.signal.aborted; pause = Math.min(pause * 2, 2000)) {
      try {
        return await work()
      } catch (error) {
        this.options.log(`reading what source ${this.name} has already seen: ${(error as Error).message}`)
        await sleep(pause, undefined, { signal: this.options.signal }).catch(() => {})
      }
    }
  }

  /** The answer that a request with this key got, or will get. */
  answerTo(key: bigint): Promise<Answer> | Answer | undefined {
    if (key === 0n) return undefined
    const counts = () => this.keys.counts(Number(key & 0xffffffffn), Number(key >> 32n), nowSeconds())
    const known = this.running.get(key) ?? this.answers.get(key)
    if (known) return known
    const found = counts()
    return found && { accepted: found.first, rejected: found.second, errors: [] }
  }

  /** Stores a request's events. One with the same key that comes meanwhile gets the same answer. */
  store(compiled: Compiled, events: Encoded, key: bigint, bytes: number): Promise<Answer> {
    const stored = this.shared
      ? this.storeShared(this.shared, compiled, events, key, bytes)
      : this.storeClaimed(compiled, events, key, bytes, this.claimIds(events))
    if (key !== 0n) this.running.set(key, stored)
    const forget = () => void this.running.delete(key)
    stored.then(forget, forget)
    return stored
  }

  private async storeShared(
    shared: SeenIds,
    compiled: Compiled,
    events: Encoded,
    key: bigint,
    bytes: number,
  ): Promise<Answer> {
    const { idLow, idHigh, hasId } = events
    const rows = [...hasId.keys()].filter(row => hasId[row])
    const ids = rows.map(row => ((BigInt(idHigh[row]!) << 32n) | BigInt(idLow[row]!)).toString(36))
    const claims = await shared.claim(ids).catch((error: Error) => {
      this.options.log(`ids of source ${this.name}: ${error.message}`)
      throw problems.unavailable('what was seen before cannot be looked up')
    })
    const fresh = ids.filter((_, at) => claims[at] === 'new')
    const extending = setInterval(() => void shared.extend(fresh).catch(() => {}), EXTEND_MS)
    try {
      // Whether the other request's event gets stored is not known yet.
      if (claims.includes('pending')) throw problems.unavailable('another request with the same events is under way')
      const claimed = new Set(rows.filter((_, at) => claims[at] === 'new'))
      const answer = await this.storeClaimed(compiled, events, key, bytes, claimed)
      await shared
        .confirm(fresh)
        .catch((error: Error) => this.options.log(`ids of source ${this.name}: ${error.message}`))
      return answer
    } catch (error) {
      await shared.release(fresh).catch(() => {})
      throw error
    } finally {
      clearInterval(extending)
    }
  }

  /** Everything up to the first await happens at once, so that nothing is counted twice. */
  private async storeClaimed(
    compiled: Compiled,
    events: Encoded,
    key: bigint,
    bytes: number,
    claimed: ReadonlySet<number>,
  ): Promise<Answer> {
    const duplicates = events.hasId.length === 0 ? 0 : events.leaveOut(row => events.hasId[row]! && !claimed.has(row))
    const accepted = events.starts.length + duplicates
    const answer: Answer = { accepted, rejected: events.deadStarts.length, errors: events.errors }
    try {
      await this.batcher.submit({ target: compiled, raw: events.rawRows(), dead: events.deadRows() })
    } catch (error) {
      for (const row of claimed) this.ids?.release(events.idLow[row]!, events.idHigh[row]!)
      throw error
    }
    return this.settle(events, key, answer, duplicates, bytes)
  }

  /** Rows whose id was not seen before, in this request or any other. */
  private claimIds({ idLow, idHigh, hasId }: Encoded): Set<number> {
    const claimed = new Set<number>()
    if (!this.ids) return claimed
    const now = nowSeconds()
    for (let row = 0; row < hasId.length; row++) {
      if (hasId[row] && !this.ids.claim(idLow[row]!, idHigh[row]!, now)) claimed.add(row)
    }
    return claimed
  }

  private settle(events: Encoded, key: bigint, answer: Answer, duplicates: number, bytes: number): Answer {
    const { counts } = this.counters
    counts.accepted += answer.accepted
    counts.rejected += answer.rejected
    counts.duplicates += duplicates
    counts.canaries += events.canaries
    counts.unknownFields += events.unknownFields
    counts.bytes += bytes
    this.counters.events(answer.accepted)
    if (key !== 0n) {
      this.keys.claim(Number(key & 0xffffffffn), Number(key >> 32n), nowSeconds(), answer.accepted, answer.rejected)
      this.answers.set(key, answer)
      if (this.answers.size > WHOLE_ANSWERS) this.answers.delete(this.answers.keys().next().value!)
    }
    return answer
  }

  idle(): Promise<void> {
    return this.batcher.idle()
  }

  stats(): SourceStats {
    const { counts, insertMs } = this.counters
    const { n, p50, p99 } = insertMs.summary()
    return {
      source: this.name,
      ...counts,
      inFlight: this.batcher.pending(),
      inserts: n,
      insertMs: { p50, p99 },
      eventsPerSecond: this.counters.eventsPerSecond(),
    }
  }
}
