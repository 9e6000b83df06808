import { expect, test } from 'vitest'
import { jsSetting, markdownCode } from './emit.js'

const run = (template: string, env: Record<string, string>): unknown =>
  new Function('env', `return ${jsSetting({ template })}`)((name: string, otherwise?: string) => env[name] ?? otherwise)

test('a setting reads the environment when it runs, and its text stays text', () => {
  expect(run('`a`"$(x)\n\u2028-$' + '{HOST}:$' + '{PORT:-80"+1}', { HOST: 'h' })).toBe('`a`"$(x)\n\u2028-h:80"+1')
  expect(run('', {})).toBe('')
  expect(() => jsSetting({ template: '${' })).toThrow('not a variable')
})

test('a cell of a table stays one cell', () => {
  expect(markdownCode('a|b\n`c`')).toBe("`a\\|b 'c'`")
})
