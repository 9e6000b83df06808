import type { ClickHouse } from '../../clients/clickhouse.js'
import { isAbsent } from '../../clients/clickhouseError.js'
import type { TopicSpec } from '../../model/resource.js'
import { names } from '../../naming.js'
import { record } from '../clickhouse/apply/context.js'
import { qualified } from '../clickhouse/text.js'
import type { ApplyContext } from '../live.js'

// A topic has no comment that a mark could stand in, so the ledger says which ones rtdash made: by their ids, since a
// topic that others made after ours was deleted has the same name and is theirs all the same.

/** What the ledger knows of a topic's name. */
export interface KnownTopic {
  /** Ids of the topics of this name that rtdash made. */
  readonly ids: ReadonlySet<string>
  /** The configuration keys that rtdash has set; every other one is someone else's. */
  readonly keys: readonly string[]
  /** What was about to be made when the ledger was last written: apply may have ended in between. */
  readonly intended?: TopicSpec
}

type Entry = { readonly intended: TopicSpec } | { readonly topicId: string; readonly keys: readonly string[] }

const EVENT = 'topic'

/** By resource id; empty before the first apply. */
export async function knownTopics(clickhouse: ClickHouse, database: string): Promise<ReadonlyMap<string, KnownTopic>> {
  const known = new Map<string, KnownTopic>()
  for (const { change, detail } of await rows(clickhouse, database)) {
    const entry = JSON.parse(detail) as Entry
    const { ids = new Set<string>(), keys = [] } = known.get(change) ?? {}
    known.set(
      change,
      'intended' in entry
        ? { ids, keys, intended: entry.intended }
        : { ids: new Set([...ids, entry.topicId]), keys: entry.keys },
    )
  }
  return known
}

/** Before a topic is made. */
export const noteIntended = (context: ApplyContext, id: string, intended: TopicSpec): Promise<void> =>
  record(context, EVENT, id, { intended } satisfies Entry)

/** That the topic with this id is ours, and which keys of its configuration are. */
export const noteOurs = (context: ApplyContext, id: string, topicId: string, keys: readonly string[]): Promise<void> =>
  record(context, EVENT, id, { topicId, keys } satisfies Entry)

async function rows(clickhouse: ClickHouse, database: string): Promise<{ change: string; detail: string }[]> {
  try {
    return await clickhouse.query(
      `SELECT change, detail FROM ${qualified(database, names.history)} WHERE event = {event:String} ORDER BY at`,
      { event: EVENT },
    )
  } catch (error) {
    if (isAbsent(error)) return []
    throw error
  }
}
