import { mkdirSync } from 'node:fs'
import { open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Batch, Insert } from './batch.js'

/** Batches on their way, one file each, so that a process killed at any moment sends them again when it is back. */
export interface Spool {
  put(batch: Batch): Promise<void>
  remove(batch: Batch): Promise<void>
  /** Keeps a refused batch aside, for a person to look at. */
  setAside(batch: Batch): Promise<string>
  /** Complete batches left by an earlier process, oldest first. Unfinished files are removed: they were never sent. */
  left(): Promise<Batch[]>
}

interface Header {
  readonly token: string
  readonly id: string
  readonly createdAt: number
  readonly inserts: readonly (Omit<Insert, 'rows'> & { readonly starts: number; readonly bytes: number })[]
}

const LENGTH = 4

/** A file is: length of the header, header in JSON, then for each insert its row starts (32 bits each) and its bytes. */
export function createSpool(dir: string): Spool {
  const refused = join(dir, 'refused')
  mkdirSync(refused, { recursive: true, mode: 0o700 })
  const file = (batch: Batch) => join(dir, `${batch.token}.batch`)

  return {
    async put(batch) {
      const handle = await open(file(batch), 'w', 0o600)
      try {
        await writeAll(handle, encode(batch))
      } finally {
        await handle.close()
      }
    },
    remove: batch => rm(file(batch), { force: true }),
    async setAside(batch) {
      const target = join(refused, `${batch.token}.batch`)
      await rename(file(batch), target)
      return target
    },
    async left() {
      const batches: Batch[] = []
      for (const name of (await readdir(dir)).filter(entry => entry.endsWith('.batch'))) {
        const batch = decode(await readFile(join(dir, name)))
        if (batch) batches.push(batch)
        else await rm(join(dir, name))
      }
      return batches.sort((a, b) => a.createdAt - b.createdAt)
    },
  }
}

async function writeAll(handle: Awaited<ReturnType<typeof open>>, parts: Buffer[]): Promise<void> {
  const size = parts.reduce((sum, part) => sum + part.length, 0)
  const { bytesWritten } = await handle.writev(parts)
  if (bytesWritten < size) throw new Error(`the spool took ${bytesWritten} of ${size} bytes: the disk is full`)
}

function encode(batch: Batch): Buffer[] {
  const header: Header = {
    token: batch.token,
    id: batch.id.toString(),
    createdAt: batch.createdAt,
    inserts: batch.inserts.map(({ rows, ...insert }) => ({
      ...insert,
      starts: rows.starts.length,
      bytes: rows.bytes.length,
    })),
  }
  const text = Buffer.from(JSON.stringify(header))
  const length = Buffer.alloc(LENGTH)
  length.writeUInt32LE(text.length)
  return [length, text, ...batch.inserts.flatMap(({ rows }) => [bytesOf(rows.starts), rows.bytes])]
}

/** Undefined where the file ends before what its header says. */
function decode(file: Buffer): Batch | undefined {
  if (file.length < LENGTH) return undefined
  let at = LENGTH + file.readUInt32LE(0)
  if (file.length < at) return undefined
  const header = JSON.parse(file.toString('utf8', LENGTH, at)) as Header
  const inserts: Insert[] = []
  for (const { starts: count, bytes: size, ...insert } of header.inserts) {
    const starts = new Uint32Array(count)
    if (file.length < at + count * 4 + size) return undefined
    bytesOf(starts).set(file.subarray(at, at + count * 4))
    at += count * 4
    inserts.push({ ...insert, rows: { starts, bytes: file.subarray(at, at + size) } })
    at += size
  }
  return { token: header.token, id: BigInt(header.id), createdAt: header.createdAt, inserts }
}

const bytesOf = (array: Uint32Array): Buffer => Buffer.from(array.buffer, array.byteOffset, array.byteLength)
