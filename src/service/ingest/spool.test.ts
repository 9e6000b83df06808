import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createBatch, type Insert, newToken } from './batch.js'
import { createSpool } from './spool.js'

const dir = mkdtempSync(join(tmpdir(), 'rtdash-spool-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const insert = (rows: number): Insert => ({
  database: 'shop',
  table: 'raw "x"',
  kind: 'raw',
  columns: [{ name: '_batch', type: 'UInt64' }],
  rows: { bytes: Buffer.alloc(rows * 8, 1), starts: Uint32Array.from({ length: rows }, (_, at) => at * 8) },
})

test('what was put comes back in order until it is removed, and every row has its batch', async () => {
  const spool = createSpool(dir)
  const batches = [
    createBatch([insert(3), { ...insert(2), kind: 'dead' }], 1000, newToken(1000)),
    createBatch([insert(1), insert(0)], 2000, newToken(2000)),
  ]
  await Promise.all(batches.toReversed().map(batch => spool.put(batch)))
  expect(await createSpool(dir).left()).toEqual(batches)
  expect(batches[0]!.inserts[0]!.rows.bytes.readBigUInt64LE(16)).toBe(batches[0]!.id)
  await spool.remove(batches[0]!)
  expect(await spool.left()).toEqual([batches[1]])
  await spool.setAside(batches[1]!)
  expect(await spool.left()).toEqual([])
  expect(readdirSync(join(dir, 'refused'))).toHaveLength(1)
})

test('a file that was not finished was never sent: it goes away', async () => {
  const spool = createSpool(dir)
  const batch = createBatch([insert(100)], 3000, newToken(3000))
  await spool.put(batch)
  const file = join(dir, `${batch.token}.batch`)
  const whole = readFileSync(file)
  for (const length of [0, 3, 10, 200, whole.length - 1]) {
    writeFileSync(file, whole.subarray(0, length))
    expect(await spool.left()).toEqual([])
    expect(readdirSync(dir)).toEqual(['refused'])
  }
})
