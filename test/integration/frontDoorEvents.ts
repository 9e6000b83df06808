import { gzipSync } from 'node:zlib'

/** An event as it must lie in raw; `ts` in epoch ms. */
export interface Event {
  readonly event_id: number
  readonly event_type: string
  readonly user_id: number
  readonly value: number
  readonly amount: string
  readonly score: number | null
  readonly big: string
  readonly ts: number
  readonly region: string | null
  readonly plan: string
}

/** A text to send, and what must become of it. */
export interface Item {
  readonly text: string
  readonly event?: Event
  readonly refused?: { readonly reason: string; readonly column: string }
}

export type Random = () => number
const pick = <T>(next: Random, list: readonly T[]): T => list[Math.floor(next() * list.length)]!

/** A small seeded generator (mulberry32): the same events in every run. */
export function random(seed: number): Random {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

export const event = (id: number, ts: number, next: Random): Event => ({
  event_id: id,
  event_type: pick(next, ['request', 'request', 'request', 'purchase', 'error']),
  user_id: Math.floor(next() ** 2 * 2000),
  value: Math.round((next() * 2 - 0.5) * 1e6) / 1024, // exact in binary: sums do not depend on the order
  amount: (Math.floor(next() * 1e8) / 1e4).toFixed(4),
  score: next() < 0.3 ? null : Math.floor(next() * 100) - 50,
  big: String(18_446_744_073_709_551_615n - BigInt(Math.floor(next() * 1e9))),
  ts: Math.floor(ts),
  region: pick(next, [null, 'eu', 'us', 'ap', '']),
  plan: next() < 0.8 ? 'free' : 'paid',
})

/** The event as JSON, its time in one of the forms that senders use, large integers as plain numbers. */
export function good(event: Event, next: Random): Item {
  return { text: textOf({ ...event, ts: timeText(event.ts, next) }, next), event }
}

function textOf({ big, ...fields }: Record<string, unknown>, next: Random): string {
  const left = Object.entries(fields).filter(([, value]) => value !== null || next() < 0.5)
  return JSON.stringify(Object.fromEntries(left)).replace(/}$/, `,"big":${big}}`)
}

function timeText(ts: number, next: Random): string | number {
  const iso = (ms: number) => new Date(ms).toISOString()
  const plain = (ms: number) => iso(ms).replace('T', ' ').replace('Z', '')
  const forms = [
    () => iso(ts),
    () => ts,
    () => plain(ts),
    () => plain(ts).replaceAll('-', '/'),
    () => iso(ts + 19_800_000).replace('Z', '+05:30'),
    () => iso(ts - 4 * 3_600_000).replace('Z', '-0400'),
  ]
  return pick(next, forms)()
}

/** What can be wrong with an event of any source; `now` is about its arrival, epoch ms. */
export const faults: readonly ((event: Event, now: number) => [reason: string, column: string, fields: unknown])[] = [
  event => ['bad_value', 'score', { ...event, score: 'many' }],
  event => ['bad_value', 'score', { ...event, score: 2 ** 31 }],
  event => ['bad_value', 'event_id', { ...event, event_id: -1 }],
  event => ['bad_value', 'amount', { ...event, amount: '123456789012345678.0000' }],
  event => ['bad_value', 'plan', { ...event, plan: 'gold' }],
  event => ['bad_value', 'ts', { ...event, ts: '2024-13-45 00:00:00' }],
  event => ['bad_value', 'big', { ...event, big: '18446744073709551616' }],
  event => ['missing', 'ts', { ...event, ts: undefined }],
  event => ['missing', 'event_id', { ...event, event_id: undefined }],
  (event, now) => ['too_new', 'ts', { ...event, ts: now + 400_000 }],
  (event, now) => ['too_new', 'ts', { ...event, ts: new Date(now + 365 * 86_400_000).toISOString() }],
  event => ['not_an_object', '', [event]],
  () => ['not_an_object', '', 'event'],
]

/** Further faults of a source that takes no events older than seven days. */
export const tooOld: typeof faults = [
  (event, now) => ['too_old', 'ts', { ...event, ts: now - 7 * 86_400_000 - 60_000 }],
  (event, now) => ['too_old', 'ts', { ...event, ts: new Date(now - 90 * 86_400_000).toISOString() }],
  event => ['too_old', 'ts', { ...event, ts: '1969-12-31 23:59:59.999' }],
]

export function spoiled(event: Event, now: number, from: typeof faults, next: Random): Item {
  const [reason, column, fields] = pick(next, from)(event, now)
  return { text: JSON.stringify(fields), refused: { reason, column } }
}

/** A line cut off in its middle, as a writer that died leaves it. */
export const broken = (event: Event): Item => ({
  text: JSON.stringify(event).slice(0, -10),
  refused: { reason: 'bad_json', column: '' },
})

export interface Request {
  readonly items: readonly Item[]
  readonly body: Buffer
  readonly headers: Record<string, string>
  /** Sent again under its Idempotency-Key: not at all, at the same time, or after the answer. */
  readonly repeat: 'never' | 'meanwhile' | 'later'
}

/** Requests of random sizes and forms with all the items, in random order. */
export function requests(items: readonly Item[], next: Random): Request[] {
  const left = shuffled(items, next)
  const made: Request[] = []
  while (left.length > 0) {
    const chunk = left.splice(0, 1 + Math.floor(next() ** 2 * 600))
    // A request without a line of JSON is refused as a whole, which is another test's.
    while (left.length > 0 && chunk.every(isBroken)) chunk.push(left.pop()!)
    made.push(request(chunk, `request ${made.length}`, next))
  }
  return made
}

const isBroken = (item: Item): boolean => item.refused?.reason === 'bad_json'

function request(items: readonly Item[], key: string, next: Random): Request {
  const texts = items.map(item => item.text)
  const asArray = next() < 0.4 && !items.some(isBroken)
  const body = Buffer.from(asArray ? `[${texts.join(next() < 0.5 ? ',' : ' ,\n')}]` : texts.join('\n'))
  const gzip = next() < 0.4
  const repeat = pick(next, ['never', 'never', 'meanwhile', 'later'] as const)
  return {
    items,
    body: gzip ? gzipSync(body) : body,
    headers: {
      'content-type': asArray ? 'application/json' : 'application/x-ndjson',
      ...(gzip && { 'content-encoding': 'gzip' }),
      ...((repeat !== 'never' || next() < 0.3) && { 'idempotency-key': key }),
    },
    repeat,
  }
}

function shuffled<T>(list: readonly T[], next: Random): T[] {
  const all = [...list]
  for (let i = all.length - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1))
    ;[all[i], all[j]] = [all[j]!, all[i]!]
  }
  return all
}
