import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'

const read = (path: string): string => readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8')
const ajv = new Ajv2020({ allErrors: true, strictTypes: false })

/** The command of a case that prints one document and nothing else. */
const commandOf = (name: string): string | undefined =>
  /^(?:\S+=\S+ )*rtdash (\S+) .*(?:--json|--format json)/.exec(read(`cases/${name}/cmd`))?.[1]

describe('what the cases print under --json matches its schema', () => {
  for (const name of readdirSync(new URL('cases', import.meta.url))) {
    const command = commandOf(name)
    if (command === undefined || read(`cases/${name}/cmd`).trim().includes('\n')) continue
    it(name, () => {
      const document = JSON.parse(read(`cases/${name}/stdout`))
      const schema = 'error' in document ? 'error' : command
      const validate = ajv.compile(JSON.parse(read(`../schemas/${schema}.schema.json`)))
      validate(document)
      expect(validate.errors).toBeNull()
    })
  }
})
