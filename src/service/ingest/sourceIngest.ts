import { setTimeout as sleep } from 'node:timers/promises'
import type { ClickHouse } from '../../clients/clickhouse.js'
import type { KafkaConnection } from '../../clients/kafka/connection.js'
import type { KafkaProducer } from '../../clients/kafka/producer.js'
import type { SourceConfig } from '../../model/serviceConfig.js'
import { names } from '../../naming.js'
import type { SeenIds } from '../redis/seenIds.js'
import { type Answer, Answered } from './answered.js'
import { type Batcher, type BatchTarget, createBatcher } from './batcher.js'
import { createClickHouseSink } from './clickhouseSink.js'
import type { Encoded } from './encoded.js'
import { createDecoder, type EventDecoder } from './eventDecoder.js'
import { createKafkaSink } from './kafkaSink.js'
import type { IngestOptions } from './options.js'
import { refillIds, refillKeys } from './refill.js'
import { refillIdsFromTopic, refillKeysFromTopic, type TopicRefill } from './refillFromTopic.js'
import { nowSeconds, SeenTable } from './seenTable.js'
import { storeShared } from './sharedIds.js'
import type { Spool } from './spool.js'
import { createCounters, type SourceStats } from './stats.js'

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

/** All that is kept for one source while the service runs: what was seen, what waits, what was counted. */
export class SourceIngest {
  readonly counters = createCounters()
  /** Since when inserts fail, epoch ms; 0 while they work. */
  failingSince = 0
  private readonly batcher: Batcher
  readonly answered = new Answered()
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
      if (refill) await refillKeysFromTopic(refill, this.answered.keys)
      await refillKeys(clickhouse, database, source, this.answered.keys)
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

  /** Stores a request's events. One with the same key that comes meanwhile gets the same answer. */
  store(compiled: Compiled, events: Encoded, key: bigint, bytes: number): Promise<Answer> {
    const store = (claimed: ReadonlySet<number>) => this.storeClaimed(compiled, events, key, bytes, claimed)
    const log = (message: string) => this.options.log(`ids of source ${this.name}: ${message}`)
    const stored = this.shared ? storeShared(this.shared, events, log, store) : store(this.claimIds(events))
    this.answered.begin(key, stored)
    return stored
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
    this.answered.keep(key, answer)
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
