import type { Redis } from '../../clients/redis.js'
import type { MetricConfig, ServiceConfig } from '../../model/serviceConfig.js'
import { meaningOf } from '../publish/meaning.js'
import type { Update } from '../update.js'
import { CHANNEL, keys } from './keys.js'
import { createMessages, type Published } from './message.js'

/** The receiving end: what is published, in order and with nothing missing, whatever the connection does. */
export interface Feed {
  apply(config: ServiceConfig | undefined): void
  follow(metric: MetricConfig, kept: (updates: readonly Update[]) => void): void
  subscribe(receive: (updates: readonly Update[]) => void): () => void
  lostSince(): number
  /** Times that something missed was read from what Redis keeps. */
  gaps(): number
  stop(): void
}

/** One metric as it comes in. */
interface Track {
  readonly meaning: string
  readonly key: string
  /** Timestamp of the newest update received. */
  position: number
  /** Takes what was published before; undefined once it has been read. */
  kept: ((updates: readonly Update[]) => void) | undefined
  /** Messages that came while what they follow is being read. */
  held: Published[] | undefined
}

const RETRY_MS = 500

/** Each message names the one before it: what was missed is read from the kept updates, whose ids are the timestamps. */
export function createFeed(redis: Redis, project: string): Feed {
  const receivers = new Set<(updates: readonly Update[]) => void>()
  const parse = createMessages(project)
  const tracks = new Map<string, Track>()
  let lostSince = Date.now()
  let gaps = 0
  let retry: NodeJS.Timeout | undefined

  redis.subscribe(CHANNEL, text => {
    const message = parse(text)
    const track = message && tracks.get(message.update.metric)
    if (!track) return
    if (message.meaning === undefined) deliver([message.update])
    else if (message.meaning !== track.meaning) return
    else if (track.held) track.held.push(message)
    else take(track, message)
  })
  redis.watch(
    () => void catchUpAll(),
    () => {
      lostSince = redis.lostSince()
    },
  )

  /** All that was missed while Redis was away: the subscription stands already. */
  async function catchUpAll(): Promise<void> {
    const done = await Promise.all([...tracks.values()].map(catchUp))
    if (done.every(Boolean) && redis.connected()) lostSince = 0
  }

  /** A return of the connection looks again by itself. */
  function againSoon(): void {
    if (redis.connected()) retry ??= setTimeout(onRetry, RETRY_MS)
  }

  const onRetry = (): void => {
    retry = undefined
    void catchUpAll()
  }

  function take(track: Track, message: Published): void {
    const { timestamp } = message.update
    if (timestamp <= track.position) return
    if (message.previous > track.position) {
      gaps++
      track.held = [message]
      void catchUp(track)
      return
    }
    track.position = timestamp
    deliver([message.update])
  }

  /** Reads what was kept after the position, then takes what came meanwhile. False where Redis did not answer. */
  async function catchUp(track: Track): Promise<boolean> {
    track.held ??= []
    try {
      const rows = await redis.send<[id: string, fields: string[]][]>([
        'XRANGE',
        track.key,
        `${track.position + 1}-0`,
        '+',
      ])
      const updates = rows.map(([, fields]) => JSON.parse(`{${fields[1]}`) as Update)
      const fresh = updates.filter(({ timestamp }) => timestamp > track.position)
      track.position = fresh.at(-1)?.timestamp ?? track.position
      const { held, kept } = track
      track.held = track.kept = undefined
      if (kept) kept(fresh)
      else deliver(fresh)
      for (const message of held ?? []) takeHeld(track, message)
      return true
    } catch {
      track.held = undefined
      againSoon()
      return false
    }
  }

  function takeHeld(track: Track, message: Published): void {
    if (track.held) track.held.push(message)
    else take(track, message)
  }

  function deliver(updates: readonly Update[]): void {
    if (updates.length > 0) for (const receive of receivers) receive(updates)
  }

  return {
    apply: config => {
      const meanings = new Map(config?.metrics.map(metric => [metric.name, meaningOf(metric)]))
      for (const [name, { meaning }] of tracks) if (meanings.get(name) !== meaning) tracks.delete(name)
    },
    follow: (metric, kept) => {
      const meaning = meaningOf(metric)
      const track = {
        meaning,
        key: keys.updates(project, metric.name, meaning),
        position: 0,
        kept,
        held: undefined,
      }
      tracks.set(metric.name, track)
      void catchUp(track)
    },
    subscribe: receive => {
      receivers.add(receive)
      return () => void receivers.delete(receive)
    },
    lostSince: () => lostSince,
    gaps: () => gaps,
    stop: () => clearTimeout(retry),
  }
}
