import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { check } from '../../src/config/check.js'
import { formatText } from '../../src/diagnostics/text.js'
import { hostile } from './hostile.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rtdash-hostile-'))
})
afterAll(() => rm(folder, { recursive: true }))

// Processor time, not the clock's: other tests run on the same cores.
test.each(Object.entries(hostile))('%s ends within a second', async (_, text) => {
  const file = join(folder, 'metrics.yaml')
  await writeFile(file, text)
  const before = process.cpuUsage()
  const { diagnostics, texts, model } = await check(file, { target: 'local' })
  const printed = formatText(diagnostics, texts, { color: false })
  const { user } = process.cpuUsage(before)
  expect(user / 1000).toBeLessThan(1000)
  expect(model).toBeUndefined()
  expect(diagnostics.length).toBeGreaterThan(0)
  expect(printed.length).toBeLessThan(500_000)
})

test('a file larger than 1 MiB is not even read', async () => {
  const file = join(folder, 'metrics.yaml')
  await writeFile(file, ' '.repeat(1024 * 1024 + 1))
  const { diagnostics } = await check(file, { target: 'local' })
  expect(diagnostics.map(({ code }) => code)).toEqual(['file-too-large'])
})
