import { expect, it } from 'vitest'
import { fullTarget, spanAt } from '../testing.js'
import { sourceRekeyed } from './source-rekeyed.js'
import { lintFrom } from './testing.js'

const spans = { key: spanAt(5), partitions: spanAt(6) }

it('finds another key, and none where there was one', () => {
  expect(lintFrom(sourceRekeyed, {}, { source: { key: 'event_id', spans } })).toMatchObject([
    { message: expect.stringContaining('key changes from user_id to event_id'), span: { line: 5 } },
  ])
  expect(lintFrom(sourceRekeyed, { source: { key: 'region' } }, { source: { spans } })).toMatchObject([
    { message: expect.stringContaining('from region to user_id') },
  ])
})

it('finds more partitions of a keyed topic', () => {
  const found = lintFrom(
    sourceRekeyed,
    { target: fullTarget },
    { target: fullTarget, source: { partitions: 6, spans } },
  )
  expect(found).toMatchObject([{ message: expect.stringContaining('6 partitions instead of 3'), span: { line: 6 } }])
})

it('lets another key be where the topic is another one, too', () => {
  expect(lintFrom(sourceRekeyed, {}, { source: { key: 'event_id', topic: 'shop.events2' } })).toEqual([])
})
