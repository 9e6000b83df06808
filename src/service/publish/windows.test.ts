import { expect, test } from 'vitest'
import { createWindows } from './windows.js'

const known = (windows: ReturnType<typeof createWindows<string>>, ...ends: number[]) => ends.map(windows.get)

test('of windows before the first nothing is known; between two that came none had events', () => {
  const windows = createWindows(250, 'empty')
  windows.forget(1000)
  windows.put(2000, 'a')
  windows.put(2750, 'b')
  expect(known(windows, 1250, 1750, 2000, 2250, 2500, 2750, 3000)).toEqual([
    undefined,
    undefined,
    'a',
    'empty',
    'empty',
    'b',
    undefined,
  ])
})

test('one that was published in another way still tells that what follows is whole', () => {
  const windows = createWindows(250, 'empty')
  windows.forget(1000)
  windows.put(750, 'a')
  windows.put(1500, 'b')
  expect(known(windows, 750, 1000, 1250, 1500)).toEqual([undefined, undefined, 'empty', 'b'])
})

test('what comes again, or after it was given up, is left out', () => {
  const windows = createWindows(250, 'empty')
  windows.put(1000, 'a')
  windows.put(1000, 'again')
  windows.put(750, 'before')
  expect(known(windows, 750, 1000)).toEqual([undefined, 'a'])
  windows.forget(1250)
  windows.put(1250, 'late')
  expect(known(windows, 1000, 1250)).toEqual([undefined, undefined])
})
