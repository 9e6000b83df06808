import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { diffCompiled } from '../src/plan/offline.js'
import { caseNames, compiledAs, loadCase, planLines } from './changes/support/cases.js'

// What a plan says of each kind of change (test/changes/README.md).

test.each(caseNames)('%s', async name => {
  const { dir, before, after, drop } = await loadCase(name)
  const plan = diffCompiled(compiledAs(before, 'shop'), compiledAs(after, 'shop'), { drop })
  const said = planLines(plan, 'shop').replaceAll(
    /configuration \w+ to \w+|configuration [0-9a-f]{8,}/g,
    'configuration',
  )
  const golden = join(dir, 'plan.txt')
  if (process.env.CASES_UPDATE) writeFileSync(golden, said)
  expect(said).toBe(existsSync(golden) ? readFileSync(golden, 'utf8') : `run with CASES_UPDATE=1 to make ${golden}`)
})
