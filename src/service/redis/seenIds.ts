import { randomUUID } from 'node:crypto'
import { type Redis, script } from '../../clients/redis.js'
import { keys } from './keys.js'

/**
 * What is known of an event's id: `new` and now claimed by this call; `seen`, stored within `dedup` or earlier in the
 * same call; `pending`, claimed by another request that has not said yet whether its event was stored.
 */
export type Claim = 'new' | 'seen' | 'pending'

/** The ids of one source seen within `dedup`, shared by every front door. All reject with RedisError while Redis is away. */
export interface SeenIds {
  /** One answer for each id, in order. What is new must be confirmed once stored, or released. */
  claim(ids: readonly string[]): Promise<readonly Claim[]>
  /** Storing their events goes on: the claim holds for another while. */
  extend(ids: readonly string[]): Promise<void>
  /** Their events are stored: remembered for `dedup` from now on. */
  confirm(ids: readonly string[]): Promise<void>
  /** Their events were not stored: whoever sends them next may. */
  release(ids: readonly string[]): Promise<void>
}

export interface SeenIdsOptions {
  readonly project: string
  readonly source: string
  readonly dedupMs: number
  /**
   * How long a claim holds without word of it, in ms. A front door that dies between claim and confirm has
   * acknowledged nothing: after this time the event sent again is taken.
   */
  readonly pendingMs?: number
}

const PENDING_MS = 60_000
/** Claims are extended while their events are being stored, however long a broker is away. */
export const EXTEND_MS = PENDING_MS / 4
/** Ids in one call: what Redis does in about a millisecond, during which nobody else is served. */
const CHUNK = 500
const STORED = '1'

const claimScript = script(`
local found = {}
for i = 1, #KEYS do
  if redis.call('SET', KEYS[i], ARGV[1], 'NX', 'PX', ARGV[2]) then found[i] = 'n'
  elseif redis.call('GET', KEYS[i]) == '${STORED}' then found[i] = 's'
  else found[i] = 'p' end
end
return table.concat(found)`)

const extendScript = script(`
for i = 1, #KEYS do
  local found = redis.call('GET', KEYS[i])
  if not found or found == ARGV[1] then redis.call('SET', KEYS[i], ARGV[1], 'PX', ARGV[2]) end
end`)

const confirmScript = script(`
for i = 1, #KEYS do redis.call('SET', KEYS[i], '${STORED}', 'PX', ARGV[1]) end`)

const releaseScript = script(`
for i = 1, #KEYS do
  if redis.call('GET', KEYS[i]) == ARGV[1] then redis.call('UNLINK', KEYS[i]) end
end`)

/** SET NX with expiry for many ids at a time, all calls in one pipeline. */
export function createSeenIds(redis: Redis, options: SeenIdsOptions): SeenIds {
  const { project, source, dedupMs, pendingMs = PENDING_MS } = options
  const owner = randomUUID()
  const words: Readonly<Record<string, Claim>> = { n: 'new', s: 'seen', p: 'pending' }

  const chunks = (ids: readonly string[]): string[][] =>
    Array.from({ length: Math.ceil(ids.length / CHUNK) }, (_, i) =>
      ids.slice(i * CHUNK, (i + 1) * CHUNK).map(id => keys.seen(project, source, id)),
    )

  return {
    claim: async ids => {
      const once = [...new Set(ids)]
      const answers = await Promise.all(
        chunks(once).map(some => redis.run<string>(claimScript, some, [owner, String(pendingMs)])),
      )
      const known = new Map([...answers.join('')].map((letter, i) => [once[i]!, words[letter]!]))
      return ids.map(id => {
        const claim = known.get(id)!
        known.set(id, claim === 'new' ? 'seen' : claim)
        return claim
      })
    },
    extend: async ids => {
      await Promise.all(chunks(ids).map(some => redis.run(extendScript, some, [owner, String(pendingMs)])))
    },
    confirm: async ids => {
      await Promise.all(chunks(ids).map(some => redis.run(confirmScript, some, [String(dedupMs)])))
    },
    release: async ids => {
      await Promise.all(chunks(ids).map(some => redis.run(releaseScript, some, [owner])))
    },
  }
}
