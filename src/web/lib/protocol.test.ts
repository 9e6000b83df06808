import { expect, test } from 'vitest'
import { parseFrame } from './protocol.js'

test('one update, or an array of them', () => {
  const one = { metric: 'a', value: 1, timestamp: 5 }
  expect(parseFrame(JSON.stringify(one)).updates).toEqual([one])
  expect(parseFrame(JSON.stringify([one, { ...one, value: null }])).updates).toHaveLength(2)
})

test('a change of the configuration, and errors, are no updates', () => {
  expect(parseFrame('{"event":"config","config":"abc"}')).toEqual({ updates: [], configChanged: true, errors: [] })
  const error = { metric: 'nope', value: null, timestamp: 1, error: 'unknown_metric', message: 'no metric nope' }
  expect(parseFrame(JSON.stringify(error))).toEqual({
    updates: [],
    configChanged: false,
    errors: [{ metric: 'nope', code: 'unknown_metric', message: 'no metric nope' }],
  })
})

test.each(['', '{', 'null', '[1,null,"x"]', '{"metric":"a","value":"1","timestamp":1}', '{"metric":"a","value":1}'])(
  'nonsense is left out: %s',
  text => {
    expect(parseFrame(text).updates).toEqual([])
  },
)
