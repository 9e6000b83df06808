import {
  type Base,
  type Broker,
  type Connection,
  ConnectionPool,
  findCoordinatorV4,
  heartbeatV4,
  joinGroupV9,
  leaveGroupV4,
  offsetCommitV8,
  offsetFetchV8,
  parseBroker,
  syncGroupV5,
} from '@platformatic/kafka'
import {
  assign,
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
  type TopicPartition,
} from './assignment.js'
import type { KafkaConnection } from './connection.js'
import { toKafkaError } from './error.js'
import { KafkaError } from './kafkaError.js'
import { MEMBERSHIP_LOST, type Membership, SESSION_MS, stay } from './membership.js'
import { driverOptions } from './options.js'

/** A committed offset, and what was noted beside it. */
export interface Committed {
  readonly offset: bigint
  readonly note: string
}

/**
 * A member of a consumer group. It is not the driver's own: that one joins again at once when the group changes, while
 * what it was reading may still be under way, so that for a moment two members work on one partition.
 */
export interface GroupMember {
  join(): Promise<Membership>
  /** What is committed, by `topic:partition`. */
  committed(partitions: readonly TopicPartition[]): Promise<ReadonlyMap<string, Committed>>
  commit(at: TopicPartition, offset: bigint, note: string): Promise<void>
  leave(): Promise<void>
}

/** How long the group waits for a member to finish what it is doing; below the driver's limit for one request. */
const REBALANCE_MS = 25_000
const PROTOCOL = { type: 'consumer', name: 'rtdash' } as const
/** The coordinator moved, or was never there. */
const COORDINATOR_LOST = new Set(['NOT_COORDINATOR', 'COORDINATOR_NOT_AVAILABLE', 'NETWORK', 'TIMEOUT'])

export function createGroupMember(
  connection: KafkaConnection,
  client: Base,
  options: { readonly group: string; readonly topics: readonly string[]; readonly instanceId?: string },
): GroupMember {
  const { group, topics } = options
  const instance = options.instanceId ?? null
  const pool = new ConnectionPool('rtdash-consumer', driverOptions(connection, 'rtdash-consumer'))
  let coordinator: Broker | undefined
  let memberId = ''
  let generation = -1

  async function ask<T>(doing: string, call: (connection: Connection) => Promise<T>): Promise<T> {
    let used: Connection | undefined
    try {
      coordinator ??= await findCoordinator()
      used = await pool.get(coordinator)
      return await call(used)
    } catch (error) {
      const failure = toKafkaError(error, `group ${group}, ${doing}`)
      if (COORDINATOR_LOST.has(failure.type) || /^E[A-Z]+$/.test(failure.type)) coordinator = undefined
      // The driver cannot tell a late answer from the next one.
      if (failure.type === 'TIMEOUT') used?.socket.destroy()
      if (failure.type === 'UNKNOWN_MEMBER_ID') memberId = ''
      throw failure
    }
  }

  async function findCoordinator(): Promise<Broker> {
    const any = await pool.getFirstAvailable(connection.brokers.map(broker => parseBroker(broker)))
    const { coordinators } = await findCoordinatorV4.api.async(any, 0, [group])
    const { host, port } = coordinators[0]!
    return { host, port }
  }

  async function joinGroup() {
    const protocols = [{ name: PROTOCOL.name, metadata: encodeSubscription(topics) }]
    const once = () =>
      ask('joining', connection =>
        joinGroupV9.api.async(
          connection,
          group,
          SESSION_MS,
          REBALANCE_MS,
          memberId,
          instance,
          PROTOCOL.type,
          protocols,
          null,
        ),
      )
    try {
      return await once()
    } catch (error) {
      const given = givenId(error)
      if (given === undefined) throw error
      memberId = given
      return await once()
    }
  }

  async function join(): Promise<Membership> {
    const joined = await joinGroup()
    memberId = joined.memberId ?? ''
    generation = joined.generationId
    const leads = joined.leader === memberId && !joined.skipAssignment
    const members = new Map(
      joined.members.map(({ memberId: id, metadata }) => [id, decodeSubscription(metadata ?? Buffer.alloc(0))]),
    )
    const counts = leads ? await partitionCounts([...members.values()].flat()) : new Map<string, number>()
    const shares = [...assign(members, counts)].map(([id, own]) => ({
      memberId: id,
      assignment: encodeAssignment(own),
    }))
    const synced = await ask('joining', connection =>
      syncGroupV5.api.async(
        connection,
        group,
        generation,
        memberId,
        instance,
        PROTOCOL.type,
        PROTOCOL.name,
        leads ? shares : [],
      ),
    )
    const heartbeat = () =>
      ask('heartbeat', connection => heartbeatV4.api.async(connection, group, generation, memberId, instance))
    return stay(decodeAssignment(synced.assignment), heartbeat, leads ? () => hasGrown(counts) : undefined)
  }

  async function partitionCounts(wanted: readonly string[]): Promise<Map<string, number>> {
    const unique = [...new Set(wanted)].sort()
    const { topics: found } = await client.metadata({ topics: unique, forceUpdate: true })
    return new Map(unique.map(topic => [topic, found.get(topic)?.partitionsCount ?? 0]))
  }

  async function hasGrown(counts: ReadonlyMap<string, number>): Promise<boolean> {
    const now = await partitionCounts([...counts.keys()]).catch(() => counts)
    return [...now].some(([topic, count]) => count !== counts.get(topic))
  }

  async function committed(partitions: readonly TopicPartition[]): Promise<ReadonlyMap<string, Committed>> {
    const names = [...new Set(partitions.map(({ topic }) => topic))]
    const wanted = names.map(name => ({
      name,
      partitionIndexes: partitions.filter(({ topic }) => topic === name).map(({ partition }) => partition),
    }))
    const { groups } = await ask('reading offsets', connection =>
      offsetFetchV8.api.async(connection, [{ groupId: group, memberEpoch: -1, topics: wanted }], true),
    )
    return new Map(
      groups.flatMap(each =>
        each.topics.flatMap(({ name, partitions: found }) =>
          found.flatMap(({ partitionIndex, committedOffset: offset, metadata }): [string, Committed][] =>
            offset >= 0n ? [[`${name}:${partitionIndex}`, { offset, note: metadata ?? '' }]] : [],
          ),
        ),
      ),
    )
  }

  async function commit({ topic, partition }: TopicPartition, offset: bigint, note: string): Promise<void> {
    const partitions = [
      { partitionIndex: partition, committedOffset: offset, committedLeaderEpoch: -1, committedMetadata: note },
    ]
    const deadline = Date.now() + SESSION_MS
    for (;;) {
      try {
        await ask('committing', connection =>
          offsetCommitV8.api.async(connection, group, generation, memberId, instance, [{ name: topic, partitions }]),
        )
        return
      } catch (error) {
        if (!(error instanceof KafkaError && error.retryable) || Date.now() > deadline) throw error
        if (MEMBERSHIP_LOST.has(error.type)) throw error
        await new Promise(resolve => setTimeout(resolve, 200))
      }
    }
  }

  async function leave(): Promise<void> {
    // A member with a name of its own comes back: the group keeps its place for a while.
    if (memberId !== '' && instance === null)
      await ask('leaving', connection => leaveGroupV4.api.async(connection, group, [{ memberId }])).catch(() => {})
    memberId = ''
    await pool.close()
  }

  return { join, committed, commit, leave }
}

/** The id that the coordinator gives to a member which comes without one. */
function givenId(error: unknown): string | undefined {
  const { cause } = error as { cause?: { findBy?: (key: string, value: string) => { memberId?: string } | null } }
  return cause?.findBy?.('apiId', 'MEMBER_ID_REQUIRED')?.memberId
}
