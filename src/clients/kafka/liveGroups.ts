import { type Admin, type Connection, describeGroupsV5, FindCoordinatorKeyTypes } from '@platformatic/kafka'
import { atCoordinator } from './again.js'
import { decodeAssignment } from './assignment.js'
import { toKafkaError } from './error.js'

/** Partitions of a topic that members of a consumer group have been given. Throws the driver's errors. */
export async function assignedTo(admin: Admin, group: string, topic: string): Promise<number[]> {
  const members = await atCoordinator(async () => {
    const [coordinator] = await admin.findCoordinator({ keyType: FindCoordinatorKeyTypes.GROUP, keys: [group] })
    return membersOf(await admin.connections.get(coordinator!), group)
  })
  const given = members.flatMap(({ memberAssignment }) => decodeAssignment(memberAssignment))
  return given.flatMap(each => (each.topic === topic ? each.partition : [])).sort((a, b) => a - b)
}

/** Partition → committed offset of a consumer group. Throws the driver's errors. */
export async function committedBy(admin: Admin, group: string, topic: string): Promise<Map<number, bigint>> {
  const [found] = await atCoordinator(() => admin.listConsumerGroupOffsets({ groups: [group] }))
  const partitions = found?.topics.find(({ name }) => name === topic)?.partitions ?? []
  return new Map(
    partitions.flatMap(({ partitionIndex, committedOffset }) =>
      committedOffset >= 0n ? [[partitionIndex, committedOffset]] : [],
    ),
  )
}

/** Not by the driver's own call, which reads what a member subscribes to in a way that ends the process. */
async function membersOf(coordinator: Connection, group: string) {
  try {
    const { groups } = await describeGroupsV5.api.async(coordinator, [group], false)
    return groups[0]?.members ?? []
  } catch (error) {
    if (toKafkaError(error, '').type === 'GROUP_ID_NOT_FOUND') return []
    throw error
  }
}
