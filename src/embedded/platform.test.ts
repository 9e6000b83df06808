import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { EngineUnavailableError } from './errors.js'
import { currentPlatform, requirePlatform, unpinned } from './platform.js'
import { startClickHouse } from './server.js'

afterEach(() => vi.unstubAllEnvs())

test.each([
  { os: 'win32', arch: 'x64', glibc: true, says: 'win32 x64' },
  { os: 'linux', arch: 'x64', glibc: false, says: 'musl' },
  { os: 'linux', arch: 'riscv64', glibc: true, says: 'linux riscv64' },
])('$os $arch (glibc $glibc) is refused with the way out', platform => {
  expect(() => requirePlatform(platform)).toThrow(EngineUnavailableError)
  for (const part of [platform.says, 'WSL2', 'clickhouse: { url', 'rtdash -t'])
    expect(() => requirePlatform(platform)).toThrow(part)
})

test('this machine is served, by the tested versions', () => {
  expect(() => requirePlatform(currentPlatform())).not.toThrow()
  expect(unpinned()).toEqual([])
})

test('a library that does not load is an EngineUnavailableError that says what was tried', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'rtdash-lib-'))
  const library = join(dir, 'libchdb.so')
  writeFileSync(library, 'not a library')
  vi.stubEnv('CHDB_LIBCHDB_PATH', library)
  const start = startClickHouse({ dir })
  await expect(start).rejects.toBeInstanceOf(EngineUnavailableError)
  await expect(start).rejects.toThrow(/libchdb\.so[\s\S]*glibc[\s\S]*WSL2/)
  rmSync(dir, { recursive: true })
})
