import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { expectedOf, runCase, updateCase } from './support/cases.js'

// A case is a folder: `cmd` holds the command lines, the other files are there when they run. See CONTRIBUTING.md.
const folder = fileURLToPath(new URL('cases/', import.meta.url))
const update = process.env.CASES_UPDATE === '1'

describe.concurrent('cases', () => {
  for (const name of readdirSync(folder).sort()) {
    it(name, async () => {
      const actual = await runCase(`${folder}${name}`)
      if (update) await updateCase(`${folder}${name}`, actual)
      expect(actual).toEqual(await expectedOf(`${folder}${name}`))
    })
  }
})
