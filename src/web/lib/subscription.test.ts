import { expect, test } from 'vitest'
import { subscribeFrames, unsubscribeFrames } from './subscription.js'

test('metrics that were seen up to the same instant share a frame', () => {
  const seen = new Map([
    ['a', 500],
    ['b', 500],
    ['c', 250],
  ])
  const frames = subscribeFrames(['a', 'b', 'c', 'new'], name => seen.get(name) ?? 0).map(frame => JSON.parse(frame))
  expect(frames).toEqual([
    { action: 'subscribe', metrics: ['a', 'b'], since: 500, batch: true },
    { action: 'subscribe', metrics: ['c'], since: 250, batch: true },
    { action: 'subscribe', metrics: ['new'], since: 0, batch: true },
  ])
})

test('no frame passes the service’s 4 KiB and no name is lost', () => {
  const names = Array.from({ length: 500 }, (_, i) => `a_rather_long_metric_name_number_${i}`)
  const frames = [...subscribeFrames(names, () => 0), ...unsubscribeFrames(names)]
  for (const frame of frames) expect(Buffer.byteLength(frame)).toBeLessThanOrEqual(4_096)
  expect(frames.flatMap(frame => JSON.parse(frame).metrics)).toEqual([...names, ...names])
})

test('nothing to say, no frame', () => {
  expect(subscribeFrames([], () => 0)).toEqual([])
  expect(unsubscribeFrames([])).toEqual([])
})
