import { expect, it } from 'vitest'
import { compile } from '../../compile/compile.js'
import { countEvents, modelWith } from '../testing.js'
import { alertMeaning } from './alert-meaning.js'
import { runChangeRules } from './changeRule.js'
import { standingOfConfig } from './standing.js'
import { lintFrom, reviewed } from './testing.js'

it('names what has changed of the metric', () => {
  const metric = { measure: countEvents, window: { kind: 'trailing', ms: 600_000 } } as const
  expect(lintFrom(alertMeaning, {}, { metric })).toMatchObject([
    { message: expect.stringContaining('before measure and window of metric purchases changed'), span: { line: 40 } },
  ])
})

it('lets an alert be whose metric means what it meant', () => {
  expect(lintFrom(alertMeaning, {}, { metric: { refreshMs: 10_000, title: 'Sales' } })).toEqual([])
})

it('says nothing of what the service does not know', () => {
  const [before, same] = [modelWith(), modelWith()]
  const standing = standingOfConfig(compile(before).service)
  expect(runChangeRules([alertMeaning], { ...reviewed(before, same), before: standing })).toEqual([])
})
