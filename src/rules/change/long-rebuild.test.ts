import { expect, it } from 'vitest'
import { modelWith } from '../testing.js'
import { runChangeRules } from './changeRule.js'
import { longRebuild } from './long-rebuild.js'
import { lintFrom, reviewed } from './testing.js'

const wider = { metric: { by: ['region', 'event_type'] } }

it('says without a live system how long it may take at most', () => {
  expect(lintFrom(longRebuild, {}, wider)).toMatchObject([
    { message: expect.stringMatching(/up to 7,776,000,000 events \(.*\): about 2 h$/) },
  ])
})

it('says nothing where the file does not say how much there may be', () => {
  const source = { retention: { topicMs: null, rawMs: null, rollupMs: null } }
  expect(lintFrom(longRebuild, { source }, { ...wider, source })).toEqual([])
})

it('goes by the live figures where there are any', () => {
  const change = reviewed(modelWith(), modelWith(wider))
  const found = (rows: number) =>
    runChangeRules([longRebuild], {
      ...change,
      live: true,
      changes: change.changes.map(one => ({ ...one, impact: { rows, bytes: 0 } })),
    })
  expect(found(599_000_000)).toEqual([])
  expect(found(1_800_000_000)).toMatchObject([
    { message: expect.stringContaining('filled from 1,800,000,000 events: about 30 min') },
  ])
})
