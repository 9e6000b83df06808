import { expect, test } from 'vitest'
import type { Change, ChangeResult } from '../model/plan.js'
import { walk } from './walk.js'

const change = (id: string, ...dependsOn: string[]): Change => ({
  id,
  kind: 'clickhouse.view',
  action: 'create',
  risk: 'safe',
  reason: '',
  steps: [],
  dependsOn,
})
const done = ({ id, action }: Change, ok = true): ChangeResult => ({ id, action, ok, ms: 0 })

test('what failed stops what needs it, however far behind, and nothing else', async () => {
  const order: string[] = []
  const results = await walk(
    [change('c', 'b'), change('b', 'a'), change('a'), change('d')],
    async one => {
      order.push(one.id)
      return done(one, one.id !== 'a')
    },
    {},
  )
  expect(order).toEqual(['a', 'd'])
  expect(results.filter(({ ok }) => ok).map(({ id }) => id)).toEqual(['d'])
  expect(results.map(({ id, error }) => [id, error])).toContainEqual(['c', 'not started: b failed'])
})

test('after an interruption nothing is started, and what runs is waited for', async () => {
  const stop = new AbortController()
  const told: string[] = []
  const results = await walk(
    [change('a'), change('b', 'a')],
    async one => {
      stop.abort()
      return done(one)
    },
    { signal: stop.signal, onResult: ({ id }) => void told.push(id) },
  )
  expect(results.map(({ id, ok, error }) => [id, ok, error]).sort()).toEqual([
    ['a', true, undefined],
    ['b', false, 'not started: interrupted'],
  ])
  expect(told).toEqual(['b'])
})

test('changes that wait for each other are an error, and not for ever', async () => {
  await expect(walk([change('a', 'b'), change('b', 'a')], async one => done(one), {})).rejects.toThrow(
    'these changes wait for each other: a, b',
  )
})
