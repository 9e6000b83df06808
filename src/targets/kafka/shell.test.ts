import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shellSetting, shellWord } from './shell.js'

const echoed = (word: string, env: Record<string, string> = {}): string =>
  execFileSync('/bin/sh', ['-c', `printf %s ${word}`], { encoding: 'utf8', env })

test('a word reaches the program as it is, whatever it holds', () => {
  const text = fc.string({ unit: fc.constantFrom(...' \t\n\'"`$(){}\\;&|<>*?~#!%=aä,:') }).filter(s => s !== '')
  fc.assert(
    fc.property(text, value => {
      expect(echoed(shellWord(value))).toBe(value)
    }),
    { numRuns: 60 },
  )
})

test('a setting takes its variables from the environment and runs nothing', () => {
  const setting = { template: `a'$(id)-\${KAFKA}:\${PORT:-90\`id\`"92}` }
  expect(echoed(shellSetting(setting), { KAFKA: 'k1,k2' })).toBe('a\'$(id)-k1,k2:90`id`"92')
  expect(() => echoed(shellSetting(setting))).toThrow(/KAFKA: is not set/)
})
