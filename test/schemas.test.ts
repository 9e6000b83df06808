import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { schemaErrors } from './support/schema.js'

const read = (path: string): string => readFileSync(fileURLToPath(new URL(`cases/${path}`, import.meta.url)), 'utf8')

/** The command of a case of one line that prints one document. */
const commandOf = (name: string): string | undefined =>
  /^(?:\S+=\S+ )*rtdash (\S+) .*(?:--json|--format json)[^\n]*\n?$/.exec(read(`${name}/cmd`))?.[1]

describe('what the cases print under --json matches its schema', () => {
  for (const name of readdirSync(new URL('cases', import.meta.url))) {
    const command = commandOf(name)
    if (command === undefined) continue
    it(name, () => {
      const document = JSON.parse(read(`${name}/stdout`))
      expect(schemaErrors('error' in document ? 'error' : command, document)).toBeNull()
    })
  }
})
