// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are settings as a file writes them
import { expect, test } from 'vitest'
import { resolveSetting } from './env.js'

const span = { file: 'metrics.yaml', line: 7, column: 3, endLine: 7, endColumn: 9 }
const env = { HOST: 'kafka', PORT: '9092', EMPTY: '', NASTY: 'a: [b] ${HOST} "' }

test.each([
  ['plain', 'plain'],
  ['${HOST}:${PORT}', 'kafka:9092'],
  ['http://${NONE:-localhost}/', 'http://localhost/'],
  ['${NONE:-}', ''],
  ['${EMPTY:-x}', 'x'],
  ['${HOST:-x}', 'kafka'],
  ['costs 5$ or $HOST', 'costs 5$ or $HOST'],
  ['${NASTY}', 'a: [b] ${HOST} "'],
])('%s', (template, value) => {
  expect(resolveSetting({ template, span }, env)).toEqual({ ok: true, value })
})

test.each(['${NONE}', 'x${EMPTY}'])('%s is a finding that names the variable and no value', template => {
  const resolved = resolveSetting({ template: `${'${HOST}'}${template}`, span }, env)
  expect(resolved).toMatchObject({ ok: false, diagnostic: { code: 'missing-variable', span } })
  expect(JSON.stringify(resolved)).toMatch(/NONE|EMPTY/)
  expect(JSON.stringify(resolved)).not.toContain('kafka')
})
