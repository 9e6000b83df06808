import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { createGunzip, type Gunzip } from 'node:zlib'
import { problems } from './problem.js'

/** Unpacks a body and hands its text on piece by piece, never splitting a character. Throws a Problem. */
export async function readBody(request: IncomingMessage, take: (text: string, bytes: number) => void): Promise<void> {
  const coding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase()
  const packed = coding === 'gzip' || coding === 'x-gzip'
  if (!packed && coding !== 'identity' && coding !== '') throw problems.mediaType(coding)
  const body = packed ? unpack(request) : request
  let rest: Buffer = Buffer.alloc(0)
  let first = true
  try {
    // Without destroying it: whoever refuses the rest must still be able to answer.
    for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
      const end = wholeCharacters(bytes)
      rest = bytes.subarray(end)
      let text = toText(bytes.subarray(0, end))
      if (first && text !== '') {
        if (text.charCodeAt(0) === 0xfeff) text = text.slice(1)
        first = false
      }
      take(text, chunk.length)
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? ''
    if (code.startsWith('Z_')) throw problems.badEncoding('the body is not whole gzip, as Content-Encoding says it is')
    throw error
  } finally {
    if (packed) {
      request.unpipe()
      body.destroy()
    }
  }
  if (rest.length > 0) toText(rest)
}

function unpack(request: IncomingMessage): Gunzip {
  const gunzip = createGunzip()
  request.once('error', error => gunzip.destroy(error))
  return request.pipe(gunzip)
}

function toText(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw problems.badEncoding('the body is not UTF-8')
  return bytes.toString('utf8')
}

/** Length without a character that is cut off at the end. */
function wholeCharacters(bytes: Buffer): number {
  const size = bytes.length
  for (let back = 1; back <= Math.min(3, size); back++) {
    const byte = bytes[size - back]!
    if ((byte & 0xc0) === 0x80) continue
    const needs = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
    return needs > back ? size - back : size
  }
  return size
}

const TYPES = new Set([
  '',
  'application/json',
  'application/x-ndjson',
  'application/ndjson',
  'application/jsonl',
  'application/x-jsonlines',
  'text/plain',
  'application/octet-stream',
  // What curl says when it is not told.
  'application/x-www-form-urlencoded',
])

/** Whether the body is one event per line by its Content-Type; throws where the type is no JSON at all. */
export function linesByType(request: IncomingMessage): boolean {
  const type = (request.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase()
  if (!TYPES.has(type) && !type.endsWith('+json')) throw problems.mediaType(type)
  return /ndjson|jsonl/.test(type)
}
