import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { check } from './check.js'

let folder: string
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'rtdash-include-')))
})
afterEach(() => rm(folder, { recursive: true }))

const head = 'version: 1\nproject: shop\nsources: { s: { timestamp: t, columns: { t: DateTime64(3) } } }\n'
const metric = (name: string): string => `metrics: { ${name}: { measure: count(), window: 5m } }\n`

/** Writes files by name and checks metrics.yaml: findings as `file:line:column code`. */
async function checkFiles(files: Readonly<Record<string, string | Uint8Array>>) {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
  const { model, diagnostics } = await check(join(folder, 'metrics.yaml'), { target: 'local' })
  const found = diagnostics.map(
    ({ code, span }) => `${span.file.slice(folder.length + 1)}:${span.line}:${span.column} ${code}`,
  )
  return { metrics: model?.metrics.map(each => each.name), found, diagnostics }
}

test('globs bring in more files, in the order of their names, and files may include more', async () => {
  const { metrics, found } = await checkFiles({
    'metrics.yaml': `${head}include: [metrics/*.yaml, "deep/**/x?.yaml", ./one.yaml]\n`,
    'metrics/b.yaml': metric('b'),
    'metrics/a.yaml': `include: [sub/c.yaml]\n${metric('a')}`,
    'metrics/sub/c.yaml': metric('c'),
    'metrics/note.txt': 'not: [yaml',
    'deep/x1.yaml': metric('d'),
    'deep/er/still/x2.yaml': metric('e'),
    'one.yaml': `version: 1\n${metric('f')}`,
  })
  expect(found).toEqual([])
  expect(metrics).toEqual(['a', 'c', 'b', 'e', 'd', 'f'])
})

test('findings point into the included file', async () => {
  const { found } = await checkFiles({
    'metrics.yaml': `${head}include: [m.yaml]\n`,
    'm.yaml': 'metrics:\n  a: { measure: sum(x), window: 5m }\n  b: { meas: 1 }\n',
  })
  expect(found).toEqual(['m.yaml:2:21 unknown-column', 'm.yaml:3:3 missing-key', 'm.yaml:3:8 unknown-key'])
})

test('a name in two files is an error that names both places', async () => {
  const { found, diagnostics } = await checkFiles({
    'metrics.yaml': `${head}${metric('a')}include: [m.yaml]\n`,
    'm.yaml': `project: other\n${metric('a')}`,
  })
  expect(found).toEqual(['m.yaml:1:1 duplicate-name', 'm.yaml:2:12 duplicate-name'])
  expect(diagnostics[1]?.message).toBe(`metrics.a is already in ${folder}/metrics.yaml:4:12`)
})

test('a circle is an error at the include that closes it', async () => {
  const { found } = await checkFiles({
    'metrics.yaml': `${head}include: [a.yaml]\n`,
    'a.yaml': 'include: [b.yaml]\n',
    'b.yaml': 'include: [a.yaml]\n',
  })
  expect(found).toEqual(['b.yaml:1:11 include-circle'])
})

test('a file reached in two ways is read once', async () => {
  const { metrics, found } = await checkFiles({
    'metrics.yaml': `${head}include: [a.yaml, "*.yaml"]\n`,
    'a.yaml': metric('a'),
  })
  expect(found).toEqual([])
  expect(metrics).toEqual(['a'])
})

test('links lead nowhere outside', async () => {
  const outside = await mkdtemp(join(tmpdir(), 'rtdash-outside-'))
  await writeFile(join(outside, 'secret.yaml'), metric('secret'))
  await symlink(join(outside, 'secret.yaml'), join(folder, 'link.yaml'))
  await symlink(outside, join(folder, 'linked'))
  const { found } = await checkFiles({
    'metrics.yaml': `${head}include: [link.yaml, linked/secret.yaml, "l*/*.yaml"]\n`,
  })
  await rm(outside, { recursive: true })
  expect(found).toEqual([
    'metrics.yaml:4:11 include-outside',
    'metrics.yaml:4:22 include-outside',
    'metrics.yaml:4:42 include-outside',
  ])
})

test('what is not UTF-8, no file, or not there', async () => {
  const { found } = await checkFiles({
    'metrics.yaml': `${head}include: [latin.yaml, folder, none.yaml, "none/*.yaml"]\n`,
    'latin.yaml': new Uint8Array([0x61, 0x3a, 0x0a, 0x62, 0xe9, 0x0a]),
    'folder/x': '',
  })
  expect(found).toEqual([
    'latin.yaml:2:2 not-utf8',
    'metrics.yaml:4:23 unreadable-file',
    'metrics.yaml:4:31 unreadable-file',
    'metrics.yaml:4:42 include-empty',
  ])
})

test('a byte order mark does not shift the places', async () => {
  const { found } = await checkFiles({ 'metrics.yaml': `\ufeffversion: 1\nprojekt: x\n` })
  expect(found).toEqual(['metrics.yaml:1:1 missing-key', 'metrics.yaml:2:1 unknown-key'])
})
