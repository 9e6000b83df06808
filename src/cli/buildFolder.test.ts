import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { compareFolder, writeFolder } from './buildFolder.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rtdash-build-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const built = (...names: string[]): Map<string, string> =>
  new Map([
    ...names.map(name => [name, `text of ${name}`] as const),
    ['manifest.json', JSON.stringify({ files: names.map(path => ({ path })) })],
  ])

it('removes what an earlier run wrote, and nothing else', async () => {
  await writeFolder(folder, built('a.sql', 'b.sql'))
  writeFileSync(join(folder, 'notes.txt'), 'mine')
  await writeFolder(folder, built('b.sql'))
  expect(readdirSync(folder).sort()).toEqual(['b.sql', 'manifest.json', 'notes.txt'])
})

it('names what is missing, differs or is obsolete', async () => {
  await writeFolder(folder, built('a.sql', 'b.sql', 'c.sql'))
  writeFileSync(join(folder, 'b.sql'), 'edited')
  rmSync(join(folder, 'c.sql'))
  expect(await compareFolder(folder, built('a.sql', 'b.sql', 'c.sql'))).toEqual([
    { file: 'b.sql', state: 'differs' },
    { file: 'c.sql', state: 'missing' },
  ])
  const outdated = await compareFolder(folder, built('b.sql', 'c.sql'))
  expect(outdated).toContainEqual({ file: 'a.sql', state: 'obsolete' })
})

it('finds nothing right after writing', async () => {
  const files = built('clickhouse/a.sql')
  await writeFolder(folder, files)
  expect(await compareFolder(folder, files)).toEqual([])
})

it('never touches what a manifest names outside the folder', async () => {
  const inner = join(folder, 'build')
  writeFileSync(join(folder, 'precious.txt'), 'mine')
  await writeFolder(inner, new Map([['manifest.json', '{"files":[{"path":"../precious.txt"},{"path":"/tmp/x"}]}']]))
  await writeFolder(inner, built('a.sql'))
  expect(readdirSync(folder).sort()).toEqual(['build', 'precious.txt'])
})
