import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { generatedDocs, outOfDate } from '../scripts/docs/generated.js'

const root = fileURLToPath(new URL('..', import.meta.url))

it('generated pages in docs/ are up to date (else run: npx tsx scripts/docs.ts)', () => {
  expect(outOfDate(root, generatedDocs())).toEqual([])
})

it('notices pages that are missing, changed or left over', () => {
  const dir = mkdtempSync(join(tmpdir(), 'rtdash-docs-'))
  const docs = generatedDocs()
  for (const [path, text] of docs) {
    mkdirSync(dirname(join(dir, path)), { recursive: true })
    writeFileSync(join(dir, path), text)
  }
  expect(outOfDate(dir, docs)).toEqual([])
  rmSync(join(dir, 'docs/lints/tier1-poll.md'))
  writeFileSync(join(dir, 'docs/lints/long-gone.md'), '')
  writeFileSync(join(dir, 'docs/reference/language.md'), 'changed')
  expect(outOfDate(dir, docs)).toEqual([
    'docs/lints/long-gone.md',
    'docs/lints/tier1-poll.md',
    'docs/reference/language.md',
  ])
  rmSync(dir, { recursive: true })
})
