import { once } from 'node:events'
import { WebSocket } from 'ws'
import type { Update } from '../../service/update.js'
import { readHeaders, type ServiceAddress } from '../service.js'
import type { Channel } from './viewer.js'

/** Metrics named in one message, which may have 4 KiB. */
const NAMED_AT_ONCE = 50

type Message = Update & { readonly error?: string; readonly message?: string }

/** Subscribes over `/ws`, as the page does. */
export const websocket =
  (service: ServiceAddress): Channel =>
  async (metrics, inbox) => {
    const names = metrics.map(({ name }) => name)
    const url = new URL('/ws', service.url)
    url.protocol = url.protocol.replace('http', 'ws')
    const socket = new WebSocket(url, { headers: readHeaders(service) })
    let closing = false
    socket.on('error', error => inbox.trouble(names, error.message))
    socket.on('close', code => {
      if (!closing) inbox.trouble(names, `the WebSocket was closed with ${code}`)
    })
    socket.on('message', data => {
      const message = JSON.parse(String(data)) as Message
      if (message.error !== undefined) inbox.trouble([message.metric], message.message ?? message.error)
      else inbox.update(message)
    })
    await Promise.race([once(socket, 'open'), once(socket, 'close')]).catch(() => {})
    for (let at = 0; at < names.length && socket.readyState === WebSocket.OPEN; at += NAMED_AT_ONCE)
      socket.send(JSON.stringify({ action: 'subscribe', metrics: names.slice(at, at + NAMED_AT_ONCE) }))
    return async () => {
      closing = true
      if (socket.readyState === WebSocket.CLOSED) return
      const closed = once(socket, 'close')
      socket.close()
      const timer = setTimeout(() => socket.terminate(), 1000)
      await closed
      clearTimeout(timer)
    }
  }
