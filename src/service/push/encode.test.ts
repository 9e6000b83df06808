import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { encode, eventId, parseEventId } from './encode.js'
import { keep, textFrame } from './frame.js'

/** What a real WebSocket client makes of the bytes, behind a handshake made by hand. */
async function receive(bytes: Buffer): Promise<string[]> {
  const server = createServer().on('upgrade', (req, socket) => {
    const accept = createHash('sha1').update(`${req.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    const head = `Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept.digest('base64')}`
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${head}\r\n\r\n`)
    socket.end(bytes)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const texts: string[] = []
  client.on('message', data => texts.push(String(data)))
  await new Promise(resolve => client.once('close', resolve))
  server.close()
  return texts
}

test.each([0, 1, 125, 126, 127, 65_535, 65_536, 200_000])('a frame of %i bytes is read back', async length => {
  const text = 'é'.repeat(length / 2) + 'x'.repeat(length % 2)
  expect(await receive(textFrame(text))).toEqual([text])
})

const update = (metric: string, timestamp: number) => ({ metric, value: 1, timestamp })
const position = {
  metrics: ['a', 'b'],
  at: new Map([
    ['a', 90],
    ['b', 70],
  ]),
}

test('each encoding carries the same updates', async () => {
  const updates = [update('a', 100), update('b', 80)]
  const kept = updates.map(keep)
  expect((await receive(encode('frame', kept, () => position))).map(text => JSON.parse(text))).toEqual(updates)
  expect((await receive(encode('batch', kept, () => position))).map(text => JSON.parse(text))).toEqual([updates])
  expect(encode('events', kept, () => position).toString()).toBe(
    `id: 100:0.u\ndata: ${JSON.stringify(updates[0])}\n\nid: 80:-k.0\ndata: ${JSON.stringify(updates[1])}\n\n`,
  )
})

test('an event id tells every metric’s place', () => {
  const stamp = fc.integer({ min: 1, max: 2 ** 45 })
  fc.assert(
    fc.property(
      fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), stamp, { minKeys: 1, noNullPrototype: true }),
      places => {
        const metrics = Object.keys(places).sort()
        const at = new Map(Object.entries(places))
        for (const timestamp of at.values())
          expect(parseEventId(eventId(timestamp, { metrics, at }), metrics.toReversed())).toEqual(
            metrics.length === 1 ? new Map([[metrics[0], timestamp]]) : at,
          )
      },
    ),
  )
})

test('what is no id of ours resumes nowhere; a bare timestamp stands for all', () => {
  for (const id of ['', 'x', '-5', '100:0', '100:0.0.0', '100:,.a', '9'.repeat(20)])
    expect(parseEventId(id, ['a', 'b'])).toBe(undefined)
  expect(parseEventId('100', ['b', 'a'])).toEqual(
    new Map([
      ['a', 100],
      ['b', 100],
    ]),
  )
})
