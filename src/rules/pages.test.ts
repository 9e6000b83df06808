import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { check } from '../config/check.js'
import type { Diagnostic } from '../model/diagnostic.js'
import type { Model } from '../model/model.js'
import { changeRules, lintChange } from './change/registry.js'
import { reviewed } from './change/testing.js'
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

async function checked(example: string) {
  const { text, target } = wholeExample(example)
  const path = join(mkdtempSync(join(dir, 'example-')), 'metrics.yaml')
  writeFileSync(path, text)
  return check(path, { target })
}

async function modelOf(example: string): Promise<Model> {
  const { model, diagnostics } = await checked(example)
  expect(diagnostics.filter(finding => finding.severity === 'error')).toEqual([])
  return model!
}

const sectionsOf = (text: string): string[] => [...text.matchAll(/^## (.*)$/gm)].map(match => match[1]!)
const examplesOf = (text: string): string[] => [...text.matchAll(/^```yaml\n([^`]*)```$/gm)].map(match => match[1]!)

describe('pages', () => {
  it('are one for each rule, with its test beside it', () => {
    const codes = [...rules, ...changeRules].map(rule => rule.code).sort()
    expect(pages.map(file => codeOf(file, '.md')).sort()).toEqual(codes)
    const tests = files.filter(file => file.endsWith('.test.ts'))
    expect(tests.map(file => codeOf(file, '.test.ts')).sort()).toEqual(codes)
  })

  it.each(pages.filter(file => !file.startsWith('change/')))(
    '%s shows what the rule finds and what it lets be',
    async file => {
      const text = readFileSync(`${folder}${file}`, 'utf8')
      const code = codeOf(file, '.md')
      expect(text.startsWith(`# ${code}\n\n`)).toBe(true)
      expect(sectionsOf(text)).toEqual(['Bad', 'Good', 'How to fix'])
      const [bad, good] = examplesOf(text)
      const rule = rules.find(candidate => candidate.code === code)!
      const found = (await checked(bad!)).diagnostics
      expect(found.map(finding => finding.code)).toContain(code)
      expect(found.filter(finding => finding.severity === 'error' && finding.code !== rule.code)).toEqual([])
      const clean = (await checked(good!)).diagnostics
      expect(clean.filter(finding => finding.severity === 'error' || finding.code === code)).toEqual([])
    },
  )

  it.each(pages.filter(file => file.startsWith('change/')))(
    '%s shows a change that the rule finds and one that it lets be',
    async file => {
      const text = readFileSync(`${folder}${file}`, 'utf8')
      const code = codeOf(file, '.md')
      expect(text.startsWith(`# ${code}\n\n`)).toBe(true)
      expect(sectionsOf(text)).toEqual(['Before', 'Bad', 'Good', 'How to fix'])
      const [before, bad, good] = await Promise.all(examplesOf(text).map(modelOf))
      const found = (after: Model): Diagnostic[] => lintChange(reviewed(before!, after))
      expect(found(bad!).map(finding => finding.code)).toContain(code)
      expect(found(good!).map(finding => finding.code)).not.toContain(code)
    },
  )
})
