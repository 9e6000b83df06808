import { type Base, ConnectionPool, fetchV13, listOffsetsV5, protocolErrors } from '@platformatic/kafka'
import type { TopicPartition } from './assignment.js'
import type { KafkaConnection } from './connection.js'
import { toKafkaError } from './error.js'
import { decode, type FetchedRecord } from './fetched.js'
import { KafkaError } from './kafkaError.js'
import { driverOptions } from './options.js'

/** Reading state of one partition. `epoch` counts jumps: what was asked for before one is of no use after it. */
export interface Reading extends TopicPartition {
  position: bigint
  epoch: number
  buffer: FetchedRecord[]
  bytes: number
  highWatermark: bigint
  paused: boolean
  /** Epoch ms before which it is left alone: after a failure. */
  notBefore: number
}

export interface Fetcher {
  /** Oldest kept offset, or the one after the newest. */
  edge(at: TopicPartition, which: 'start' | 'end'): Promise<bigint>
  /** Reads into the buffers until the signal, telling of each one that has got something. */
  run(readings: readonly Reading[], signal: AbortSignal, arrived: (reading: Reading) => void): Promise<void>
  /** Something may be read now that was not wanted before. */
  wake(): void
  close(): Promise<void>
}

/** A long poll ends after this, so that a partition whose buffer was full waits no longer. */
const POLL_MS = 250
const PARTITION_BYTES = 1024 * 1024
const REQUEST_BYTES = 16 * 1024 * 1024
/** What may wait for the one who works on it. */
const BUFFER_BYTES = 4 * 1024 * 1024
const READ_COMMITTED = 1

const codeOf = (name: string): number => protocolErrors[name]!.code
const OUT_OF_RANGE = codeOf('OFFSET_OUT_OF_RANGE')
/** The leader is another one by now, or none yet. */
const STALE: ReadonlySet<number> = new Set(
  [
    'UNKNOWN_TOPIC_OR_PARTITION',
    'LEADER_NOT_AVAILABLE',
    'NOT_LEADER_OR_FOLLOWER',
    'KAFKA_STORAGE_ERROR',
    'FENCED_LEADER_EPOCH',
    'UNKNOWN_LEADER_EPOCH',
    'OFFSET_NOT_AVAILABLE',
    'UNKNOWN_TOPIC_ID',
    'INCONSISTENT_TOPIC_ID',
  ].map(codeOf),
)

export function createFetcher(
  connection: KafkaConnection,
  client: Base,
  options: { readonly fromBeginning: boolean; readonly onError: (error: KafkaError) => void },
): Fetcher {
  const pool = new ConnectionPool('rtdash-consumer', driverOptions(connection, 'rtdash-consumer'))
  let wake = () => {}

  async function edge({ topic, partition }: TopicPartition, which: 'start' | 'end'): Promise<bigint> {
    try {
      const { topics, brokers } = await client.metadata({ topics: [topic] })
      const leader = brokers.get(topics.get(topic)?.partitions[partition]?.leader ?? -1)
      if (!leader) throw new KafkaError('LEADER_NOT_AVAILABLE', `${topic}/${partition} has no leader yet`, true)
      const partitions = [
        { partitionIndex: partition, currentLeaderEpoch: -1, timestamp: which === 'start' ? -2n : -1n },
      ]
      const answer = await listOffsetsV5.api.async(await pool.get(leader), -1, READ_COMMITTED, [
        { name: topic, partitions },
      ])
      return answer.topics[0]!.partitions[0]!.offset
    } catch (error) {
      client.clearMetadata()
      throw toKafkaError(error, `reading the ${which} of ${topic}/${partition}`)
    }
  }

  async function run(readings: readonly Reading[], signal: AbortSignal, arrived: (reading: Reading) => void) {
    const topics = [...new Set(readings.map(({ topic }) => topic))].sort()
    const loops = new Map<number, Promise<void>>()
    while (!signal.aborted) {
      try {
        const { topics: known, brokers } = await client.metadata({ topics: [...topics], metadataMaxAge: 30_000 })
        const leaders = new Set(readings.map(({ topic, partition }) => known.get(topic)?.partitions[partition]?.leader))
        for (const node of leaders) {
          if (node === undefined || loops.has(node) || !brokers.has(node)) continue
          const loop = poll(node)
            .catch(failed)
            .finally(() => loops.delete(node))
          loops.set(node, loop)
        }
      } catch (error) {
        failed(error)
      }
      await pause(200)
    }
    await Promise.all(loops.values())

    /** Polls one broker for what it leads, until it leads none or fails. */
    async function poll(node: number): Promise<void> {
      while (!signal.aborted) {
        const { topics: known, brokers } = await client.metadata({ topics: [...topics], metadataMaxAge: 30_000 })
        const led = readings.filter(({ topic, partition }) => known.get(topic)?.partitions[partition]?.leader === node)
        const broker = brokers.get(node)
        if (led.length === 0 || !broker) return
        const wanted = led.filter(wants)
        if (wanted.length === 0) {
          await pause(20)
          continue
        }
        const names = [...new Set(wanted.map(({ topic }) => topic))]
        const ids = new Map(names.map(name => [known.get(name)!.id, name]))
        const asked = new Map(wanted.map(reading => [`${reading.topic}:${reading.partition}`, { ...reading, reading }]))
        const answer = await fetch(broker, ids, wanted)
        for (const { topicId, partitions } of answer.responses)
          for (const result of partitions) {
            const question = asked.get(`${ids.get(topicId)}:${result.partitionIndex}`)
            if (question && question.reading.epoch === question.epoch) await take(question.reading, result)
          }
      }
    }

    async function fetch(
      broker: { host: string; port: number },
      ids: ReadonlyMap<string, string>,
      wanted: readonly Reading[],
    ): Promise<fetchV13.FetchResponse> {
      const request = [...ids].map(([topicId, name]) => ({
        topicId,
        partitions: wanted
          .filter(({ topic }) => topic === name)
          .map(({ partition, position }) => ({
            partition,
            currentLeaderEpoch: -1,
            fetchOffset: position,
            lastFetchedEpoch: -1,
            partitionMaxBytes: PARTITION_BYTES,
          })),
      }))
      const used = await pool.get(broker)
      try {
        return await fetchV13.api.async(used, POLL_MS, 1, REQUEST_BYTES, READ_COMMITTED, 0, 0, request, [], '')
      } catch (error) {
        // One partition's trouble is no reason to throw away what came of the others.
        const { response } = error as { response?: fetchV13.FetchResponse }
        if (response?.errorCode === 0) return response
        if (/timed out/i.test((error as Error).message)) used.socket.destroy()
        throw error
      }
    }

    async function take(reading: Reading, result: fetchV13.FetchResponsePartition): Promise<void> {
      if (result.errorCode === OUT_OF_RANGE) return outOfRange(reading)
      if (STALE.has(result.errorCode)) {
        client.clearMetadata()
        reading.notBefore = Date.now() + 100
        return
      }
      const where = `${reading.topic}/${reading.partition}`
      if (result.errorCode !== 0) {
        reading.notBefore = Date.now() + 1_000
        options.onError(new KafkaError(String(result.errorCode), `reading ${where}: error ${result.errorCode}`, true))
        return
      }
      const { records, next, bytes } = decode(result, reading.position)
      reading.position = next
      reading.highWatermark = result.highWatermark
      if (records.length === 0) return
      reading.buffer = reading.buffer.concat(records)
      reading.bytes += bytes
      arrived(reading)
    }

    /** What was to be read next is not there any more, or the topic is another one of that name. */
    async function outOfRange(reading: Reading): Promise<void> {
      const [start, end] = [await edge(reading, 'start'), await edge(reading, 'end')]
      const to = reading.position < start || options.fromBeginning ? start : end
      const where = `${reading.topic}/${reading.partition}`
      const gone = `${where}: offset ${reading.position} is not there (kept: ${start} to ${end}), going on at ${to}`
      options.onError(new KafkaError('OFFSET_OUT_OF_RANGE', gone, false))
      reading.position = to
    }

    function failed(error: unknown): void {
      client.clearMetadata()
      if (!signal.aborted) options.onError(toKafkaError(error, `reading ${topics.join(', ')}`))
    }

    /** Until woken, aborted, or so many ms have passed. */
    function pause(ms: number): Promise<void> {
      return new Promise(resolve => {
        const done = () => {
          clearTimeout(timer)
          signal.removeEventListener('abort', done)
          resolve()
        }
        const timer = setTimeout(done, ms)
        const before = wake
        wake = () => {
          before()
          done()
        }
        signal.addEventListener('abort', done, { once: true })
      })
    }
  }

  return {
    edge,
    run,
    wake: () => {
      const waiting = wake
      wake = () => {}
      waiting()
    },
    close: async () => {
      await pool.close()
    },
  }
}

const wants = ({ paused, bytes, notBefore }: Reading): boolean =>
  !paused && bytes < BUFFER_BYTES && Date.now() >= notBefore
