import type { Telemetry } from '../telemetry.js'
import type { Update } from '../update.js'
import { encode, type Position } from './encode.js'
import { type Kept, keep } from './frame.js'
import { createGroups } from './groups.js'
import type { Rings } from './rings.js'
import type { Group, Viewer } from './viewer.js'

/** Updates that arrive within so many ms go out in one write: twenty metrics of one beat cost one system call a viewer. */
const GATHER_MS = 10
const SWEEP_MS = 50
const CHUNK_BYTES = 65_536
export const STUCK_MS = 30_000
/** In place of the timestamp that a replay goes on from: the newest update alone. */
const NEWEST = -1

/** Fan-out: takes updates in, writes them to viewers, keeps them for those who come later. */
export interface Hub {
  receive(updates: readonly Update[]): void
  /** Writes and keeps at once what was received: to be called before a metric may get another meaning. */
  settle(): void
  /**
   * Subscribes a viewer to metrics that exist. It first gets what is kept after `since(metric)`, or where that is
   * undefined the newest; then live updates, none missing and none twice.
   */
  subscribe(viewer: Viewer, metrics: Iterable<string>, since: (metric: string) => number | undefined): void
  unsubscribe(viewer: Viewer, metrics: Iterable<string>): void
  remove(viewer: Viewer): void
  stop(): void
}

/**
 * A hub over the rings. Nothing is ever queued for a viewer whose socket still holds bytes: live updates give way to
 * newer ones of the same metric, and replays go on from the ring, so slow viewers cost no memory.
 */
export function createHub(rings: Rings, telemetry: Telemetry, stuckMs = STUCK_MS): Hub {
  const groups = createGroups()
  const slow = new Set<Viewer>()
  let tick: Update[] = []
  let gathering: NodeJS.Timeout | undefined
  const sweeper = setInterval(sweep, SWEEP_MS)

  function flush(): void {
    clearTimeout(gathering)
    gathering = undefined
    const fresh = takeTick()
    if (fresh.length === 0) return
    for (const group of groups.all()) {
      const updates = fresh.flatMap(([, kept]) => (group.set.has(kept.metric) && isNew(kept) ? [kept] : []))
      if (updates.length > 0) deliver(group, updates)
    }
    for (const [update, kept] of fresh) rings.get(update.metric)?.append(update, kept)
  }

  const isNew = ({ metric, timestamp }: Kept): boolean => timestamp > (rings.get(metric)?.floor ?? 0)

  /** The tick's updates that are newer than what the rings have. */
  function takeTick(): (readonly [Update, Kept])[] {
    const newest = new Map<string, number>()
    const fresh: (readonly [Update, Kept])[] = []
    for (const update of tick) {
      const ring = rings.get(update.metric)
      const before = newest.get(update.metric) ?? ring?.newest()?.timestamp ?? 0
      if (!ring || update.timestamp <= before) continue
      newest.set(update.metric, update.timestamp)
      fresh.push([update, keep(update)])
    }
    tick = []
    return fresh
  }

  function deliver(group: Group, updates: readonly Kept[]): void {
    let joined: Buffer | undefined
    for (const viewer of group.members) {
      if (viewer.replay || viewer.pending || viewer.socket.writableLength > 0) hold(viewer, updates)
      else {
        joined ??= encode(group.encoding, updates, () => positionOf(group.metrics))
        write(viewer, joined, updates.length)
      }
    }
  }

  /** Keeps the newest of each metric for later; what is being replayed will be found in its ring. */
  function hold(viewer: Viewer, updates: readonly Kept[]): void {
    for (const update of updates) {
      if (viewer.replay?.has(update.metric)) continue
      viewer.pending ??= new Map()
      if (viewer.pending.has(update.metric)) telemetry.drops.inc()
      viewer.pending.set(update.metric, update)
    }
    markSlow(viewer)
  }

  /** Writes what waits for the viewer, a chunk at a time, for as long as the socket takes it. */
  function pump(viewer: Viewer): void {
    const { socket } = viewer
    while (socket.writableLength === 0 && viewer.group) {
      const updates = nextChunk(viewer)
      if (updates.length === 0) break
      const { encoding, metrics } = viewer.group
      write(
        viewer,
        encode(encoding, updates, () => positionOf(metrics, viewer.replay)),
        updates.length,
      )
      if (viewer.replay) for (const update of updates) viewer.replay.set(update.metric, update.timestamp)
    }
    if (viewer.replay || viewer.pending || socket.writableLength > 0) markSlow(viewer)
  }

  function nextChunk(viewer: Viewer): Kept[] {
    if (viewer.replay) {
      const chunk = replayChunk(viewer.replay)
      if (chunk.length > 0) return chunk
      if (!isReady(viewer.replay)) return []
      viewer.replay = undefined
    }
    const held = [...(viewer.pending?.values() ?? [])]
    viewer.pending = undefined
    return held
  }

  /** The next updates of all metrics in replay, by time, up to the size of a chunk. */
  function replayChunk(replay: ReadonlyMap<string, number>): Kept[] {
    const waiting = [...replay].flatMap(([metric, after]) => keptAfter(metric, after))
    waiting.sort((a, b) => a.timestamp - b.timestamp)
    let end = 0
    for (let bytes = 0; end < waiting.length && bytes < CHUNK_BYTES; end++) bytes += waiting[end]!.frame.length
    return waiting.slice(0, end)
  }

  /** A ring that is not ready has nothing to say yet: who asked waits, and is looked at again by each sweep. */
  const isReady = (replay: ReadonlyMap<string, number>): boolean =>
    [...replay.keys()].every(metric => rings.get(metric)?.ready !== false)

  function keptAfter(metric: string, after: number): readonly Kept[] {
    const ring = rings.get(metric)
    if (!ring?.ready) return []
    if (after !== NEWEST) return ring.after(after)
    const newest = ring.newest()
    return newest ? [newest] : []
  }

  const positionOf = (metrics: readonly string[], replay?: ReadonlyMap<string, number>): Position => ({
    metrics,
    at: new Map(metrics.map(name => [name, replay?.get(name) ?? rings.get(name)?.newest()?.timestamp ?? 0])),
  })

  function write(viewer: Viewer, bytes: Buffer, updates: number): void {
    viewer.socket.write(bytes)
    telemetry.deliveries.inc(updates)
    if (viewer.socket.writableLength > 0) markSlow(viewer)
  }

  function markSlow(viewer: Viewer): void {
    if (viewer.slowSince === 0) viewer.slowSince = Date.now()
    slow.add(viewer)
  }

  function sweep(): void {
    for (const viewer of slow) {
      if (viewer.socket.writableLength === 0) {
        slow.delete(viewer)
        viewer.slowSince = 0
        pump(viewer)
      } else if (Date.now() - viewer.slowSince > stuckMs) {
        telemetry.stuck.inc()
        slow.delete(viewer)
        viewer.socket.destroy()
      }
    }
  }

  return {
    receive: updates => {
      tick.push(...updates)
      gathering ??= setTimeout(flush, GATHER_MS)
    },
    settle: flush,
    subscribe: (viewer, metrics, since) => {
      for (const metric of metrics) {
        viewer.metrics.add(metric)
        viewer.pending?.delete(metric)
        viewer.replay ??= new Map()
        viewer.replay.set(metric, since(metric) ?? NEWEST)
      }
      groups.place(viewer)
      pump(viewer)
    },
    unsubscribe: (viewer, metrics) => {
      for (const metric of metrics) {
        viewer.metrics.delete(metric)
        viewer.pending?.delete(metric)
        viewer.replay?.delete(metric)
      }
      groups.place(viewer)
    },
    remove: viewer => {
      groups.leave(viewer)
      viewer.metrics.clear()
      slow.delete(viewer)
    },
    stop: () => {
      clearTimeout(gathering)
      clearInterval(sweeper)
    },
  }
}
