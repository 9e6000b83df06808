import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { check } from '../../src/config/check.js'
import { formatText } from '../../src/diagnostics/text.js'

let folder: string
const valid: string[] = []
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rtdash-mutations-'))
  for (const name of ['storefront', 'observability', 'flights']) {
    valid.push(await readFile(new URL(`../../examples/${name}/metrics.yaml`, import.meta.url), 'utf8'))
  }
})
afterAll(() => rm(folder, { recursive: true }))

/** One edit of a careless or hostile hand, at a place given as a share of the text. */
const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.nat({ max: 40 }),
  insert: fc.oneof(
    fc.constantFrom(
      '',
      ' ',
      '\n',
      '\t',
      ':',
      '- ',
      '{',
      '}',
      '[',
      ']',
      '"',
      "'",
      '#',
      '&a ',
      '*a',
      '<<: ',
      '|',
      '>-',
      '!!str ',
      '---\n',
      '\r\n',
    ),
    fc.constantFrom(
      'null',
      '[]',
      '{}',
      '0',
      '-1',
      '1e999',
      '.nan',
      'true',
      '__proto__: 1\n',
      '${X',
      '🙂',
      '\u0000',
      '\u2028',
      'ﬀ',
    ),
    fc.string({ unit: 'binary', maxLength: 10 }),
  ),
})

const apply = (text: string, { at, remove, insert }: { at: number; remove: number; insert: string }): string => {
  const start = Math.floor(at * text.length)
  return text.slice(0, start) + insert + text.slice(start + remove)
}

test('no change of a valid file crashes, or gives a finding without a place', async () => {
  const file = join(folder, 'metrics.yaml')
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: 2 }), fc.array(edit, { minLength: 1, maxLength: 4 }), async (which, edits) => {
      await writeFile(file, edits.reduce(apply, valid[which]!))
      const { model, diagnostics, texts } = await check(file, { target: 'local' })
      const hasError = diagnostics.some(({ severity }) => severity === 'error')
      expect(model === undefined).toBe(hasError)
      const lines = texts.get(file)!.split(/\r\n|\r|\n/)
      for (const { span, message, code } of diagnostics) {
        expect(span.file).toBe(file)
        const line = lines[span.line - 1]
        expect(line, `${code}: line ${span.line}`).toBeDefined()
        expect(span.column).toBeGreaterThanOrEqual(1)
        expect(span.column).toBeLessThanOrEqual(line!.length + 2)
        expect(span.endLine * 1e7 + span.endColumn).toBeGreaterThanOrEqual(span.line * 1e7 + span.column)
        expect(message).not.toMatch(/undefined|\[object|NaN/)
      }
      expect(formatText(diagnostics, texts, { color: false }) === '').toBe(diagnostics.length === 0)
    }),
    { numRuns: 600 },
  )
})

test('the examples are valid, for each of their targets, without a warning', async () => {
  for (const [name, target] of [
    ['storefront', 'local'],
    ['storefront', 'prod'],
    ['observability', 'local'],
    ['flights', 'local'],
  ] as const) {
    const path = new URL(`../../examples/${name}/metrics.yaml`, import.meta.url).pathname
    const { model, diagnostics } = await check(path, { target })
    expect(diagnostics, name).toEqual([])
    expect(model?.target.name).toBe(target)
  }
})
