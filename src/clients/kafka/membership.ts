import type { TopicPartition } from './assignment.js'
import type { KafkaError } from './kafkaError.js'

/** What a member may read until `lost` resolves, with the reason. */
export interface Membership {
  readonly partitions: readonly TopicPartition[]
  readonly lost: Promise<string>
  /** No more signs of life: before joining again. */
  end(): void
}

/** Without a sign of life for so long, others take over. */
export const SESSION_MS = 10_000
const HEARTBEAT_MS = 1_000
const NEW_PARTITIONS_MS = 10_000
/** Errors that say: the group has gone on without this member. */
export const MEMBERSHIP_LOST = new Set([
  'REBALANCE_IN_PROGRESS',
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'FENCED_INSTANCE_ID',
])

/**
 * Shows signs of life until the group changes. `heartbeat` throws KafkaError; `grown` tells whether topics have got more
 * partitions: the group's leader looks.
 */
export function stay(
  partitions: readonly TopicPartition[],
  heartbeat: () => Promise<unknown>,
  grown?: () => Promise<boolean>,
): Membership {
  let seen = Date.now()
  let ended = false
  let lose = (_: string) => {}
  const lost = new Promise<string>(resolve => {
    lose = resolve
  })
  const beat = async (): Promise<void> => {
    try {
      await heartbeat()
      seen = Date.now()
    } catch (error) {
      const { type } = error as KafkaError
      // Waiting for us is a sign of life, too: work goes on to its end.
      if (type === 'REBALANCE_IN_PROGRESS') seen = Date.now()
      if (MEMBERSHIP_LOST.has(type)) lose(type)
    }
    if (!ended) beating = setTimeout(beat, HEARTBEAT_MS)
  }
  let beating = setTimeout(beat, HEARTBEAT_MS)
  const watching = setInterval(() => {
    if (Date.now() - seen > SESSION_MS) lose('no sign of life reached the group')
  }, HEARTBEAT_MS)
  const looking = setInterval(async () => {
    if (await grown?.()) lose('partitions were added')
  }, NEW_PARTITIONS_MS)
  const end = () => {
    ended = true
    clearTimeout(beating)
    clearInterval(watching)
    clearInterval(looking)
  }
  return { partitions, lost, end }
}
