import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findLocal, NotRunningError, removeLocal, requireLocal, stateDir, writeLocal } from './local.js'
import { startClickHouse } from './server.js'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'rtdash-local-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

test('a stack is found while it lives, and not after', async () => {
  const server = await startClickHouse({ dir: stateDir(dir) })
  const { url, username, password } = server
  const service = { url: 'http://127.0.0.1:8080', pid: process.pid }
  const stack = { service, clickhouse: { url, username, password }, startedAt: Date.now(), project: 'shop' }
  writeLocal(dir, stack)
  expect(statSync(join(dir, '.rtdash', 'local.json')).mode & 0o777).toBe(0o600)
  expect(await findLocal(dir)).toEqual(stack)
  removeLocal(dir, 1)
  expect(await requireLocal(dir)).toEqual(stack)

  await server.stop()
  expect(await findLocal(dir)).toBeUndefined()
  removeLocal(dir)
  expect(await findLocal(dir)).toBeUndefined()
})

test('without a stack the error names the command', async () => {
  await expect(requireLocal(dir)).rejects.toBeInstanceOf(NotRunningError)
  await expect(requireLocal(dir)).rejects.toThrow('rtdash up')
})
