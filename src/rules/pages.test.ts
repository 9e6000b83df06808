import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { rules } from './registry.js'

const folder = fileURLToPath(new URL('.', import.meta.url))
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
const named = (ending: string): string[] =>
  files
    .filter(file => file.includes('/') && file.endsWith(ending))
    .map(file => file.slice(file.indexOf('/') + 1, -ending.length))

describe('pages', () => {
  it('are one for each rule, with its test beside it', () => {
    const codes = rules.map(rule => rule.code)
    expect(named('.md').sort()).toEqual(codes)
    expect(named('.test.ts').sort()).toEqual(codes)
  })

  it.each(files.filter(file => file.endsWith('.md')))('%s says what, why, and how to fix it', file => {
    const text = readFileSync(`${folder}${file}`, 'utf8')
    const code = file.slice(file.indexOf('/') + 1, -'.md'.length)
    expect(text.startsWith(`# ${code}\n\n`)).toBe(true)
    expect([...text.matchAll(/^## (.*)$/gm)].map(match => match[1])).toEqual(['Bad', 'Good', 'How to fix'])
    expect([...text.matchAll(/^```yaml$/gm)]).toHaveLength(2)
  })
})
