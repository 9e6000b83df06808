import { expect, test } from 'vitest'
import { formatHash, parseHash } from './route.js'

test('hash and route are each other’s inverse', () => {
  for (const route of [
    { metric: null, range: 'live' },
    { metric: 'a', range: 'live' },
    { metric: 'ä/b', range: '1h' },
  ] as const)
    expect(parseHash(formatHash(route))).toEqual(route)
  expect(parseHash('#a/9y')).toEqual({ metric: 'a', range: 'live' })
  expect(parseHash('#%E0%A4%A')).toEqual({ metric: null, range: 'live' })
})
