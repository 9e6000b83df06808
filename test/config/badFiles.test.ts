import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { check } from '../../src/config/check.js'
import { badFiles } from './badFiles.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rtdash-bad-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** The text without its marks, and where they stood as line:column. */
function unmark(marked: string): { text: string; from: string; to: string } {
  const start = marked.indexOf('«')
  const end = marked.indexOf('»') - 1
  const text = marked.replace('«', '').replace('»', '')
  const place = (offset: number): string => {
    const before = text.slice(0, offset).split('\n')
    return `${before.length}:${before.at(-1)!.length + 1}`
  }
  return { text, from: place(start), to: place(end) }
}

test.each(badFiles)('$code: $title', async ({ code, text: marked, also = [] }) => {
  const { text, from, to } = unmark(marked)
  const file = join(folder, 'metrics.yaml')
  await writeFile(file, text)
  const { diagnostics, model } = await check(file, { target: 'local' })
  const errors = diagnostics.filter(diagnostic => diagnostic.severity === 'error')
  const places = errors.map(({ code, span }) => `${code} ${span.line}:${span.column}`)
  expect(model).toBeUndefined()
  expect(places).toContain(`${code} ${from}`)
  expect(errors.map(error => error.code).sort(), places.join(', ')).toEqual([code, ...also].sort())
  // An empty mark is a place where something is missing: the end says nothing.
  const found = errors.find(({ code: each, span }) => each === code && `${span.line}:${span.column}` === from)!
  if (from !== to) expect(`${found.span.endLine}:${found.span.endColumn}`).toBe(to)
  // A syntax error says what was expected there; every other finding has a way out of its own.
  if (code !== 'syntax' && code !== 'yaml-syntax') expect(found.fix, found.message).toBeTruthy()
  expect(found.message).not.toMatch(/must NOT|must match|must be equal|undefined|\[object/)
})

test('there are at least 60 broken files, and no two alike', () => {
  expect(badFiles.length).toBeGreaterThanOrEqual(60)
  expect(new Set(badFiles.map(each => each.text)).size).toBe(badFiles.length)
})

test('every code has its line on the page of codes', async () => {
  const page = await readFile(new URL('../../src/diagnostics/codes.md', import.meta.url), 'utf8')
  const codes = new Set([...page.matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map(match => match[1]!))
  for (const { code, also = [] } of badFiles) for (const each of [code, ...also]) expect(codes).toContain(each)
})
