import { expect, test, vi } from 'vitest'
import { createFeeds } from './feed.js'

const update = (metric: string, timestamp: number, value: number | null = timestamp) => ({ metric, timestamp, value })

function manualFrames() {
  const waiting: (() => void)[] = []
  return {
    next: (callback: () => void) => void waiting.push(callback),
    run: () => waiting.splice(0).map(each => each()),
  }
}

test('a burst is shown once, and only to those whose metric changed', () => {
  const frames = manualFrames()
  const feeds = createFeeds(frames.next)
  const a = vi.fn()
  const b = vi.fn()
  feeds.get('a').shown.subscribe(a)
  feeds.get('b').shown.subscribe(b)
  feeds.receive([update('a', 1), update('a', 2)])
  feeds.receive([update('a', 3)])
  expect(a).not.toHaveBeenCalled()
  expect(frames.run()).toHaveLength(1)
  expect(a).toHaveBeenCalledTimes(1)
  expect(b).not.toHaveBeenCalled()
  expect(feeds.get('a').shown.get()?.timestamp).toBe(3)
  expect(
    feeds
      .get('a')
      .history.toArray()
      .map(each => each.timestamp),
  ).toEqual([1, 2, 3])
})

test('a value from the catalogue is shown, and does not stand in the way of older updates', () => {
  const frames = manualFrames()
  const feeds = createFeeds(frames.next)
  feeds.seed(update('a', 10))
  expect(feeds.get('a').shown.get()?.timestamp).toBe(10)
  expect(feeds.newest('a')).toBe(0)
  feeds.receive([update('a', 8), update('a', 9)])
  frames.run()
  expect(feeds.get('a').shown.get()?.timestamp).toBe(10)
  feeds.receive([update('a', 10)])
  frames.run()
  feeds.seed(update('a', 11))
  expect(feeds.newest('a')).toBe(10)
  expect(feeds.get('a').shown.get()?.timestamp).toBe(10)
})

test('a forgotten metric begins anew', () => {
  const frames = manualFrames()
  const feeds = createFeeds(frames.next)
  feeds.receive([update('a', 5), update('b', 5)])
  feeds.forget(new Set(['b']))
  frames.run()
  expect(feeds.newest('a')).toBe(0)
  expect(feeds.newest('b')).toBe(5)
})

test('a past that is told later is put before what is there, and shown', () => {
  const frames = manualFrames()
  const feeds = createFeeds(frames.next)
  feeds.receive([update('a', 5)])
  frames.run()
  const listener = vi.fn()
  feeds.get('a').shown.subscribe(listener)
  feeds.receive([update('a', 3), update('a', 4), update('a', 5)])
  frames.run()
  expect(listener).toHaveBeenCalledTimes(1)
  expect(feeds.get('a').shown.get()?.timestamp).toBe(5)
  expect(
    feeds
      .get('a')
      .history.toArray()
      .map(each => each.timestamp),
  ).toEqual([3, 4, 5])
})
