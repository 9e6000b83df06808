import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { check } from '../config/check.js'
import type { Diagnostic } from '../model/diagnostic.js'
import { wholeExample } from './example.js'
import { rules } from './registry.js'

const folder = fileURLToPath(new URL('.', import.meta.url))
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(file => file.includes('/'))
const pages = files.filter(file => file.endsWith('.md'))
const codeOf = (file: string, ending: string): string => file.slice(file.lastIndexOf('/') + 1, -ending.length)

let dir: string
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'rtdash-pages-'))
})
afterAll(() => rmSync(dir, { recursive: true }))

async function findings(example: string): Promise<readonly Diagnostic[]> {
  const { text, target } = wholeExample(example)
  const path = join(dir, 'metrics.yaml')
  writeFileSync(path, text)
  return (await check(path, { target })).diagnostics
}

describe('pages', () => {
  it('are one for each rule, with its test beside it', () => {
    const codes = rules.map(rule => rule.code)
    expect(pages.map(file => codeOf(file, '.md')).sort()).toEqual(codes)
    const tests = files.filter(file => file.endsWith('.test.ts'))
    expect(tests.map(file => codeOf(file, '.test.ts')).sort()).toEqual(codes)
  })

  it.each(pages)('%s shows what the rule finds and what it lets be', async file => {
    const text = readFileSync(`${folder}${file}`, 'utf8')
    const code = codeOf(file, '.md')
    expect(text.startsWith(`# ${code}\n\n`)).toBe(true)
    expect([...text.matchAll(/^## (.*)$/gm)].map(match => match[1])).toEqual(['Bad', 'Good', 'How to fix'])
    const [bad, good] = [...text.matchAll(/^```yaml\n([^`]*)```$/gm)].map(match => match[1]!)
    const rule = rules.find(candidate => candidate.code === code)!
    const found = await findings(bad!)
    expect(found.map(finding => finding.code)).toContain(code)
    expect(found.filter(finding => finding.severity === 'error' && finding.code !== rule.code)).toEqual([])
    const clean = await findings(good!)
    expect(clean.filter(finding => finding.severity === 'error' || finding.code === code)).toEqual([])
  })
})
