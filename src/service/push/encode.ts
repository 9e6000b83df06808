import { type Kept, textFrame } from './frame.js'

/** How a viewer takes its updates: a frame each, one array frame a tick, or server-sent events. */
export type Encoding = 'frame' | 'batch' | 'events'

/** Where a viewer of several metrics stands: timestamp of the newest update it has, by metric; names sorted. */
export interface Position {
  readonly metrics: readonly string[]
  readonly at: Map<string, number>
}

/** The bytes of some updates, in order. For events the position moves along, as it is part of each id. */
export function encode(encoding: Encoding, updates: readonly Kept[], position: () => Position): Buffer {
  if (encoding === 'frame') return updates.length === 1 ? updates[0]!.frame : Buffer.concat(updates.map(u => u.frame))
  if (encoding === 'batch') return textFrame(`[${updates.map(u => u.body.toString()).join(',')}]`)
  const moving = position()
  return Buffer.concat(updates.flatMap(update => event(update, moving)))
}

const DATA = Buffer.from('\ndata: ')
const END = Buffer.from('\n\n')

function event(update: Kept, position: Position): Buffer[] {
  position.at.set(update.metric, update.timestamp)
  return [Buffer.from(`id: ${eventId(update.timestamp, position)}`), DATA, update.body, END]
}

/**
 * The id is the update's timestamp. With several metrics, whose instants differ, it goes on with how far each is behind
 * it (base 36, names sorted), so that resuming leaves out and repeats nothing: `1767225600250:0.6y`.
 */
export function eventId(timestamp: number, { metrics, at }: Position): string {
  if (metrics.length === 1) return String(timestamp)
  return `${timestamp}:${metrics.map(name => (timestamp - (at.get(name) ?? 0)).toString(36)).join('.')}`
}

/** Reads `Last-Event-ID`; a bare timestamp stands for all metrics. Undefined where it is none of ours. */
export function parseEventId(id: string, metrics: readonly string[]): ReadonlyMap<string, number> | undefined {
  const [head = '', tail] = id.split(':')
  if (!/^\d{1,16}$/.test(head)) return undefined
  const timestamp = Number(head)
  const behind = tail?.split('.').map(text => Number.parseInt(text, 36))
  if (behind && (behind.length !== metrics.length || behind.some(Number.isNaN))) return undefined
  return new Map([...metrics].sort().map((name, i) => [name, timestamp - (behind?.[i] ?? 0)]))
}
