import { createHash } from 'node:crypto'
import type { RedisClientType } from '@redis/client'

// @redis/client: Redis' own driver, of which this is the only importer. It depends on nothing and pipelines whatever is
// sent in one turn of the loop; ioredis 6 does the same with six dependencies.

/** One connection that is made again whenever it breaks; commands and subscriptions share it (RESP3, Redis 6 or later). */
export interface Redis {
  /** Rejects with RedisError: at once while Redis is away, and when it goes away before it has answered. */
  send<T>(args: readonly string[]): Promise<T>
  /** Runs a script, sent once and called by its hash from then on. */
  run<T>(script: Script, keys: readonly string[], args: readonly string[]): Promise<T>
  /** Calls back for each message of a channel, now and after each reconnection; returns the way to stop. */
  subscribe(channel: string, receive: (message: string) => void): () => void
  connected(): boolean
  /** When the connection broke, or was first tried in vain, epoch ms; 0 while it stands. */
  lostSince(): number
  /** Connections made so far. */
  connections(): number
  /** Calls back for each connection once its subscriptions stand (at once if one does), and when it has broken. */
  watch(onConnected: () => void, onLost?: () => void): void
  close(): void
}

/** Redis is away, or has refused a command; the message names neither account nor password. */
export class RedisError extends Error {}

/** A script in Lua: it runs as a whole or not at all, and nothing runs beside it. */
export interface Script {
  readonly text: string
  readonly hash: string
}

export const script = (text: string): Script => ({ text, hash: createHash('sha1').update(text).digest('hex') })

const CONNECT_MS = 3000
const BEAT_MS = 1000
/** A server that leaves so many beats in a row unanswered counts as gone, whatever its socket says. */
const SILENT_BEATS = 3
const RETRY_MS = [50, 100, 200, 400, 800]

/** Starts to connect and goes on trying; `url` is `redis[s]://[user:password@]host[:port][/db]`. */
export function createRedis({ url, log = () => {} }: { url: string; log?: (message: string) => void }): Redis {
  const place = placeOf(url)
  const channels = new Map<string, (message: string) => void>()
  const watchers: { onConnected: () => void; onLost: () => void }[] = []
  let client: RedisClientType | undefined
  let ready = false
  let lostSince = Date.now()
  let connections = 0
  let failures = 0
  let unanswered = 0
  let closed = false
  let retry: NodeJS.Timeout | undefined
  const beat = setInterval(check, BEAT_MS)

  async function open(): Promise<void> {
    const { createClient } = await import('@redis/client')
    if (closed) return
    const mine = createClient({
      url,
      RESP: 3,
      disableOfflineQueue: true,
      socket: { reconnectStrategy: false, connectTimeout: CONNECT_MS },
    }) as RedisClientType
    client = mine
    mine.on('error', (error: Error) => lose(mine, error))
    mine.on('end', () => lose(mine, new Error('the connection was closed')))
    unanswered = 0
    try {
      await mine.connect()
      await mine.sendCommand(['PING']) // refused while it still loads its data
      for (const [channel, receive] of channels) await mine.subscribe(channel, receive)
    } catch (error) {
      return lose(mine, error as Error)
    }
    if (client !== mine) return
    if (failures > 0) log(`Redis at ${place} answers again`)
    ready = true
    lostSince = failures = 0
    connections++
    for (const { onConnected } of watchers) onConnected()
  }

  /** Whatever has failed: this client is given up, and another one made. */
  function lose(mine: RedisClientType, error: Error): void {
    if (client !== mine) return
    client = undefined
    const was = ready
    ready = false
    mine.destroy()
    if (closed) return
    if (was) lostSince = Date.now()
    if (failures++ === 0) log(`Redis at ${place}: ${error.message}`)
    retry = setTimeout(() => void open(), RETRY_MS[Math.min(failures, RETRY_MS.length) - 1])
    if (was) for (const { onLost } of watchers) onLost()
  }

  function check(): void {
    const mine = client
    if (mine && ++unanswered > SILENT_BEATS) lose(mine, new Error('no answer'))
    else if (mine && ready) mine.sendCommand(['PING']).then(onAnswer, () => {})
  }

  const onAnswer = (): void => {
    unanswered = 0
  }

  async function send<T>(args: readonly string[]): Promise<T> {
    if (!ready || !client) throw new RedisError(`Redis at ${place} is away`)
    try {
      return (await client.sendCommand(args as string[])) as T
    } catch (error) {
      throw new RedisError(`Redis at ${place}: ${(error as Error).message}`)
    }
  }

  void open()
  return {
    send,
    run: async <T>({ text, hash }: Script, keys: readonly string[], args: readonly string[]) => {
      const rest = [String(keys.length), ...keys, ...args]
      try {
        return await send<T>(['EVALSHA', hash, ...rest])
      } catch (error) {
        if (!(error as Error).message.includes('NOSCRIPT')) throw error
        return send<T>(['EVAL', text, ...rest])
      }
    },
    subscribe: (channel, receive) => {
      channels.set(channel, receive)
      const mine = client
      if (ready && mine) mine.subscribe(channel, receive).catch((error: Error) => lose(mine, error))
      return () => {
        channels.delete(channel)
        if (ready) client?.unsubscribe(channel).catch(() => {}) // with the connection the subscription is gone too
      }
    },
    connected: () => ready,
    lostSince: () => lostSince,
    connections: () => connections,
    watch: (onConnected, onLost = () => {}) => {
      watchers.push({ onConnected, onLost })
      if (ready) onConnected()
    },
    close: () => {
      closed = true
      ready = false
      clearInterval(beat)
      clearTimeout(retry)
      client?.destroy()
    },
  }
}

/** Host and port, for people. Throws where it is no Redis address. */
function placeOf(url: string): string {
  const { protocol, host } = URL.canParse(url) ? new URL(url) : { protocol: '', host: '' }
  if (protocol !== 'redis:' && protocol !== 'rediss:')
    throw new RedisError('the address of Redis must look like redis://host:6379 (rediss:// with TLS)')
  return host
}
