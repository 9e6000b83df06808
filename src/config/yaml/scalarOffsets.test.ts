import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Document, type Scalar } from 'yaml'
import { createFindings } from '../findings.js'
import { get, type ScalarNode } from './node.js'
import { parseYaml } from './parse.js'
import { spanWithin } from './scalarOffsets.js'
import { sourceFile } from './sourceFile.js'

const styles = ['PLAIN', 'QUOTE_SINGLE', 'QUOTE_DOUBLE', 'BLOCK_LITERAL', 'BLOCK_FOLDED'] as const
const text = fc.array(
  fc.constantFrom('a', 'b', '7', "'", '"', '\\', ' ', '  ', '\n', '\t', '#', ': ', 'é', '🙂', 'wörd', '(', '|'),
  {
    minLength: 1,
    maxLength: 60,
  },
)

/** The value as a YAML writer puts it into a file, read back with its place; no node where the writer failed. */
function written(value: string, style: Scalar.Type, width: number): { source: string; node?: ScalarNode } {
  const document = new Document({ x: { key: value } })
  const scalar = document.getIn(['x', 'key'], true) as Scalar
  scalar.type = style
  const source = document.toString({ lineWidth: width })
  const findings = createFindings()
  const node = get(get(parseYaml(sourceFile('m.yaml', 'm.yaml', source), findings), 'x'), 'key') as ScalarNode
  // The writer leaves out the indentation indicator that blanks before a tab need (' \n\t\n'): no valid YAML then.
  return node === undefined ? { source } : { source, node }
}

test('each visible character of a value is found where it is written, in every style', () => {
  fc.assert(
    fc.property(text, fc.constantFrom(...styles), fc.constantFrom(0, 20, 40), (parts, style, width) => {
      const value = parts.join('')
      const { source, node } = written(value, style, width)
      if (node === undefined || node.value !== value) return fc.pre(false)
      const lines = source.split('\n')
      for (let i = 0; i < value.length; i++) {
        const char = value[i]!
        if (/[\s]/.test(char)) continue
        const span = spanWithin(node, { start: i, end: i + 1 })
        const at = lines[span.line - 1]!.slice(span.column - 1)
        const expected = at.startsWith('\\') && char !== '\\' ? '\\' : char
        expect(at[0], `${JSON.stringify(value)}[${i}] in ${source}`).toBe(expected)
      }
    }),
    { numRuns: 2000 },
  )
})

test.each([
  ['plain', 'k: a + b', 4, 5, '1:8-1:9'],
  ['single quotes', "k: 'it''s b'", 5, 6, '1:11-1:12'],
  ['the doubled quote itself', "k: 'it''s b'", 2, 3, '1:7-1:9'],
  ['an escape', 'k: "\\u0041 b"', 0, 1, '1:5-1:11'],
  ['after an escape', 'k: "\\u0041 b"', 2, 3, '1:12-1:13'],
  ['after an escaped pair', 'k: "\\U0001F642 b"', 3, 4, '1:16-1:17'],
  ['a line end that is escaped away', 'k: "a \\\n  b"', 2, 3, '2:3-2:4'],
  ['a literal block', 'k: |\n  a\n   b\n', 3, 4, '3:4-3:5'],
  ['a folded block', 'k: >- # note\n  a\n  b\n', 2, 3, '3:3-3:4'],
  ['windows line ends', 'k: |\r\n  a\r\n  b\r\n', 2, 3, '3:3-3:4'],
  ['past the end', 'k: a +', 3, 3, '1:7-1:7'],
  ['several lines', 'k: a\n  b', 0, 3, '1:4-2:4'],
])('%s', (_, source, start, end, place) => {
  const node = get(parseYaml(sourceFile('m.yaml', 'm.yaml', source), createFindings()), 'k') as ScalarNode
  const span = spanWithin(node, { start, end })
  expect(`${span.line}:${span.column}-${span.endLine}:${span.endColumn}`).toBe(place)
})
