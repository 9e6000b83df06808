// biome-ignore-all lint/suspicious/noControlCharactersInRegex: it is them that are looked for
import { readFile } from 'node:fs/promises'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import type { Diagnostic } from '../model/diagnostic.js'
import { formatGithub } from './github.js'
import { toJson } from './json.js'
import { inOrder } from './order.js'
import { formatSarif } from './sarif.js'
import { formatText } from './text.js'

const at = (line: number, column: number, length = 1, file = 'metrics.yaml'): Diagnostic['span'] => ({
  file,
  line,
  column,
  endLine: line,
  endColumn: column + length,
})
const error = (span: Diagnostic['span'], fix?: string): Diagnostic => ({
  code: 'unknown-column',
  severity: 'error',
  message: 'metric m: no column "event_typ" in source events',
  span,
  ...(fix === undefined ? {} : { fix }),
})
const print = (diagnostic: Diagnostic, text: string): string =>
  formatText([diagnostic], new Map([['metrics.yaml', text]]), { color: false })

test('a finding is a headline, the line, and carets with the fix', () => {
  const text = `${'\n'.repeat(13)}    measure: count() filter (where event_typ = 'error') / count()\n`
  expect(print(error(at(14, 36, 9), 'did you mean "event_type"?'), text)).toBe(
    `metrics.yaml:14:36 error unknown-column  metric m: no column "event_typ" in source events
  14 |     measure: count() filter (where event_typ = 'error') / count()
     |                                    ^^^^^^^^^  did you mean "event_type"?`,
  )
})

const carets = (line: string, span: Diagnostic['span']): string => print(error(span), line).split('\n')[2]!.slice(6)

test('carets stand under wide characters, emoji, accents and tabs', () => {
  expect(carets('売上: xy', at(1, 5, 2))).toBe('      ^^')
  expect(carets('売上: xy', at(1, 1, 2))).toBe('^^^^')
  expect(carets('👩‍💻 xy', at(1, 7, 2))).toBe('   ^^')
  expect(carets('e\u0301 xy', at(1, 4, 2))).toBe('  ^^')
  expect(carets('\t\txy', at(1, 3, 2))).toBe('    ^^')
})

test('a place past the end of its line, in several lines, or of no width has a caret still', () => {
  expect(carets('abc', at(1, 4))).toBe('   ^')
  expect(carets('abc', at(1, 2, 0))).toBe(' ^')
  expect(carets('abc\ndef', { ...at(1, 2), endLine: 2, endColumn: 3 })).toBe(' ^^')
})

test('a long line is cut around the place', () => {
  const printed = print(error(at(1, 5001, 3)), `${'x'.repeat(5000)}BAD${'y'.repeat(5000)}`)
  const [, line, marks] = printed.split('\n')
  expect(line!.length).toBeLessThan(200)
  expect(line!.slice(marks!.indexOf('^'), marks!.lastIndexOf('^') + 1)).toBe('BAD')
})

test('control characters of the file never reach the terminal', () => {
  const printed = print({ ...error(at(1, 1)), message: 'a\u001b[31mb' }, 'x\u001b]0;title\u0007y\u202e')
  expect(printed).not.toMatch(/[\u001b\u0007\u202e]/)
})

test('without its text a finding keeps its fix', () => {
  expect(formatText([error(at(3, 1), 'do this')], new Map(), { color: false })).toMatch(/\n {2}do this$/)
})

test('colours only when asked for', () => {
  expect(formatText([error(at(1, 1))], new Map([['metrics.yaml', 'x']]), { color: true })).toContain('\u001b[31m')
})

test('findings come in the order of the files, each once', () => {
  const [a, b, c] = [error(at(2, 1)), error(at(10, 1)), error(at(1, 1, 1, 'other.yaml'))]
  expect(inOrder([c, b, a, { ...a }])).toEqual([a, b, c])
})

test('GitHub annotations escape what would end them', () => {
  const finding = { ...error(at(3, 5, 2, 'a,b:c.yaml'), 'fix it'), message: '100 %\nmore' }
  expect(formatGithub([finding])).toBe(
    '::error file=a%2Cb%3Ac.yaml,line=3,endLine=3,col=5,endColumn=7,title=unknown-column::100 %25%0Amore (fix it)',
  )
})

test('SARIF names rule, level and region', () => {
  const log = JSON.parse(
    formatSarif([error(at(3, 5, 2)), { ...error(at(4, 1)), severity: 'warning', code: 'a' }], '1.2.3'),
  )
  expect(log.version).toBe('2.1.0')
  expect(log.runs[0].tool.driver).toEqual({
    name: 'rtdash',
    version: '1.2.3',
    rules: [{ id: 'a' }, { id: 'unknown-column' }],
  })
  expect(log.runs[0].results[0]).toMatchObject({
    ruleId: 'unknown-column',
    ruleIndex: 1,
    level: 'error',
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: 'metrics.yaml' },
          region: { startLine: 3, startColumn: 5, endLine: 3, endColumn: 7 },
        },
      },
    ],
  })
})

test('the JSON document follows its schema', async () => {
  const schema = JSON.parse(await readFile(new URL('../../schemas/validate.schema.json', import.meta.url), 'utf8'))
  const validate = new Ajv2020({ strict: true }).compile(schema)
  const document = toJson([error(at(1, 2), 'fix'), { ...error(at(2, 2)), severity: 'warning' }])
  expect(validate(JSON.parse(JSON.stringify(document)))).toBe(true)
  expect(document.ok).toBe(false)
  expect(toJson([{ ...error(at(2, 2)), severity: 'warning' }]).ok).toBe(true)
})
