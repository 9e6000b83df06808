import { type MessageToProduce, Producer } from '@platformatic/kafka'
import type { KafkaConnection } from './connection.js'
import { toKafkaError } from './error.js'
import { KafkaError } from './kafkaError.js'
import { driverOptions } from './options.js'

/** A record as the driver takes it, that knows its partition. */
export type Placed = MessageToProduce & { readonly topic: string; readonly partition: number }

/** Hands batches to the brokers, one at a time, each until it is written exactly once or is given up. */
export interface Delivery {
  partitions(topic: string): Promise<number>
  /** All of one batch, in order; must not be called again before it has settled. Resolves with what was not written. */
  deliver<T extends Placed>(records: readonly T[], deadline: number): Promise<Undelivered<T> | undefined>
  close(): Promise<void>
}

/** Records given up: refused, or (where the error is retryable) late, in which case they may be written nonetheless. */
export interface Undelivered<T> {
  readonly records: readonly T[]
  readonly error: KafkaError
}

const RETRY_MS = 100

/**
 * The driver gives a batch its sequence numbers when it sends, and counts them on when it is acknowledged: with a
 * second batch in flight the broker would take that for the first one sent again, and drop it. Hence one at a time.
 * After a failure the very same records go out under the same numbers, so that what the broker already has is not
 * written twice; only after a refusal, where each partition's fate is known, does a new producer take the rest.
 */
export function createDelivery(connection: KafkaConnection, clientId: string): Delivery {
  let driver = open()
  let closed = false

  function open(): Producer {
    // With fewer than two the driver would try for ever, and at the broker that was the leader once.
    const made = new Producer({ ...driverOptions(connection, clientId), idempotent: true, retries: 2, retryDelay: 50 })
    made.on('error', () => {})
    return made
  }

  async function reopen(): Promise<void> {
    const old = driver
    driver = open()
    await closeQuietly(old)
  }

  async function partitions(topic: string): Promise<number> {
    try {
      const { topics } = await driver.metadata({ topics: [topic] })
      return topics.get(topic)!.partitionsCount
    } catch (error) {
      driver.clearMetadata()
      throw toKafkaError(error, `writing to ${topic}`)
    }
  }

  async function attempt(records: readonly Placed[]): Promise<void> {
    const topics = topicsOf(records)
    const { topics: known, brokers } = await driver.metadata({ topics })
    // The driver would fail outside of any promise where a leader is no longer among the brokers.
    const led = topics.every(topic => known.get(topic)!.partitions.every(({ leader }) => brokers.has(leader)))
    if (!led && records.some(({ topic, partition }) => !brokers.has(known.get(topic)!.partitions[partition]!.leader)))
      throw new KafkaError('LEADER_NOT_AVAILABLE', `writing to ${topics.join(', ')}: no leader yet`, true)
    await driver.send({ messages: records as Placed[] })
  }

  async function deliver<T extends Placed>(
    records: readonly T[],
    deadline: number,
  ): Promise<Undelivered<T> | undefined> {
    let rest = records
    for (;;) {
      try {
        await attempt(rest)
        return undefined
      } catch (error) {
        const failure = toKafkaError(error, `writing to ${rest[0]!.topic}`)
        const again = failure.retryable || SEQUENCE_LOST.has(failure.type)
        rest = without(rest, counted(error))
        driver.clearMetadata()
        if (!failure.retryable) {
          rest = without(rest, written(error))
          await reopen()
        }
        if (rest.length === 0) return undefined
        if (!again || closed) return { records: rest, error: failure }
        if (Date.now() + RETRY_MS >= deadline) {
          // What became of them is not known: their numbers must not be used for others.
          await reopen()
          return { records: rest, error: failure }
        }
        await new Promise(resolve => setTimeout(resolve, RETRY_MS))
      }
    }
  }

  return {
    partitions,
    deliver,
    close: async () => {
      closed = true
      await closeQuietly(driver)
    },
  }
}

/** What a connection that is given up has to say is of no use to anyone. */
async function closeQuietly(driver: Producer): Promise<void> {
  try {
    await driver.close(true)
  } catch {}
}

/** The broker does not know this producer (any more): nothing was written, and a new one may. */
const SEQUENCE_LOST: ReadonlySet<string> = new Set([
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'UNKNOWN_PRODUCER_ID',
  'INVALID_PRODUCER_EPOCH',
])
const DUPLICATE_SEQUENCE = 46

function topicsOf(records: readonly Placed[]): string[] {
  const topics: string[] = []
  for (const { topic } of records) if (topic !== topics.at(-1) && !topics.includes(topic)) topics.push(topic)
  return topics
}

const without = <T extends Placed>(records: readonly T[], done: ReadonlySet<string>): readonly T[] =>
  done.size === 0 ? records : records.filter(({ topic, partition }) => !done.has(`${topic}:${partition}`))

/** Partitions that the driver counts as written: brokers that answered although another one failed. */
function counted(error: unknown): ReadonlySet<string> {
  const { produced } = error as { produced?: { offsets?: readonly { topic: string; partition: number }[] } }
  return new Set(produced?.offsets?.map(({ topic, partition }) => `${topic}:${partition}`))
}

interface Refusal {
  readonly errors?: readonly unknown[]
  readonly response?: {
    readonly responses?: readonly {
      readonly name: string
      readonly partitionResponses: readonly { readonly index: number; readonly errorCode: number }[]
    }[]
  }
}

/** Partitions that a broker wrote while it refused others in the same answer. */
function written(error: unknown): ReadonlySet<string> {
  const { response, errors = [] } = error as Refusal
  const here = (response?.responses ?? []).flatMap(({ name, partitionResponses }) =>
    partitionResponses
      .filter(({ errorCode }) => errorCode === 0 || errorCode === DUPLICATE_SEQUENCE)
      .map(({ index }) => `${name}:${index}`),
  )
  return new Set([...here, ...errors.flatMap(inner => (inner instanceof Error ? [...written(inner)] : []))])
}
