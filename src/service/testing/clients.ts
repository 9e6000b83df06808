import { connect, type Socket } from 'node:net'
import { WebSocket } from 'ws'
import type { Update } from '../update.js'

/** A message of the service, as any client sees it. */
export type Message = Update & { readonly error?: string; readonly event?: string; readonly message?: string }

/** A stream of messages that a test can wait on. */
export interface Inbox<T> {
  readonly all: readonly T[]
  push(item: T): void
  /** Resolves once the messages satisfy the condition; fails after `ms`. */
  until(condition: (all: readonly T[]) => boolean, ms?: number): Promise<readonly T[]>
}

export function createInbox<T>(): Inbox<T> {
  const all: T[] = []
  let wake = (): void => {}
  return {
    all,
    push: item => {
      all.push(item)
      wake()
    },
    until: async (condition, ms = 20_000) => {
      const end = Date.now() + ms
      while (!condition(all)) {
        const left = end - Date.now()
        if (left <= 0) throw new Error(`waited ${ms} ms; got ${JSON.stringify(all.slice(-5))}`)
        await new Promise<void>(resolve => {
          const timer = setTimeout(resolve, left)
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      }
      return all
    },
  }
}

/** A WebSocket viewer; array frames are unpacked into `inbox`, frames as they are in `frames`. */
export async function openSocket(
  url: string,
  ...rest: ConstructorParameters<typeof WebSocket> extends [unknown, ...infer R] ? R : never
) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, ...rest)
  const inbox = createInbox<Message>()
  const frames: string[] = []
  const closed = new Promise<number>(resolve => socket.once('close', resolve))
  socket.on('message', data => {
    frames.push(String(data))
    const body = JSON.parse(String(data)) as Message | Message[]
    for (const message of Array.isArray(body) ? body : [body]) inbox.push(message)
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve())
    socket.once('error', reject)
  })
  return {
    socket,
    inbox,
    frames,
    closed,
    send: (body: unknown) => socket.send(typeof body === 'string' ? body : JSON.stringify(body)),
    close: async () => {
      socket.close()
      await closed
    },
  }
}

/** One event of a stream: its id and its data. */
export interface StreamEvent {
  readonly id: string
  readonly data: Update
}

/** What an EventSource does, over fetch: reads the stream, keeps the ids, can be told the last one. */
export async function openEvents(url: string, query: string, headers: Record<string, string> = {}) {
  const aborter = new AbortController()
  const response = await fetch(`${url}/events?${query}`, { headers, signal: aborter.signal })
  const inbox = createInbox<StreamEvent>()
  const lines: string[] = []
  const done = read().catch(() => {})

  async function read(): Promise<void> {
    let text = ''
    const decoder = new TextDecoder()
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true })
      const blocks = text.split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) {
        lines.push(...block.split('\n'))
        const id = /^id: (.*)$/m.exec(block)?.[1]
        const data = /^data: (.*)$/m.exec(block)?.[1]
        if (id !== undefined && data !== undefined) inbox.push({ id, data: JSON.parse(data) as Update })
      }
    }
  }

  return {
    response,
    inbox,
    lines,
    done,
    close: async () => {
      aborter.abort()
      await done
    },
  }
}

/** A bare TCP connection that has sent the text; `received` grows as long as nobody pauses it. */
export async function openRaw(url: string, text: string) {
  const { hostname, port } = new URL(url)
  const socket: Socket = connect(Number(port), hostname)
  const raw = { socket, received: '', closed: new Promise<void>(resolve => socket.once('close', () => resolve())) }
  socket.on('data', chunk => {
    raw.received += chunk.toString('latin1')
  })
  socket.on('error', () => {})
  await new Promise<void>(resolve => socket.once('connect', () => resolve()))
  socket.write(text)
  return raw
}
