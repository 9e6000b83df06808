import type { Update } from '../update.js'

/** An update as it is kept and sent: made once, shared by all viewers. `body` is the JSON inside `frame`. */
export interface Kept {
  readonly metric: string
  readonly timestamp: number
  readonly frame: Buffer
  readonly body: Buffer
}

const TEXT = 0x81

/** A whole unmasked WebSocket text message, as servers send it (RFC 6455, 5.2). */
export function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text)
  const header = headerLength(length)
  const frame = Buffer.allocUnsafe(header + length)
  frame[0] = TEXT
  if (header === 2) frame[1] = length
  else if (header === 4) {
    frame[1] = 126
    frame.writeUInt16BE(length, 2)
  } else {
    frame[1] = 127
    frame.writeBigUInt64BE(BigInt(length), 2)
  }
  frame.write(text, header)
  return frame
}

export function keep(update: Update): Kept {
  const frame = textFrame(JSON.stringify(update))
  const body = frame.subarray(frame[1]! < 126 ? 2 : frame[1] === 126 ? 4 : 10)
  return { metric: update.metric, timestamp: update.timestamp, frame, body }
}

const headerLength = (length: number): number => (length < 126 ? 2 : length < 65_536 ? 4 : 10)
