import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  assign,
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
  type TopicPartition,
} from './assignment.js'

test('each partition goes to one member that wants it, evenly', () => {
  const topics = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'ä'), { minLength: 1 })
  const members = fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), topics, { minKeys: 1, maxKeys: 6 })
  const counts = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'ä'), fc.integer({ min: 0, max: 9 }))
  fc.assert(
    fc.property(members, counts, (subscriptions, partitions) => {
      const assigned = assign(new Map(Object.entries(subscriptions)), new Map(Object.entries(partitions)))
      const wanted = Object.entries(partitions)
        .filter(([topic]) => Object.values(subscriptions).some(list => list.map(String).includes(topic)))
        .flatMap(([topic, count]) => Array.from({ length: count }, (_, partition) => `${topic}:${partition}`))
      const given = [...assigned.values()].flat().map(({ topic, partition }) => `${topic}:${partition}`)
      expect(given.sort()).toEqual(wanted.sort())
      for (const [id, own] of assigned)
        for (const { topic } of own) expect(subscriptions[id]!.map(String)).toContain(topic)
    }),
  )
  const even = assign(
    new Map([
      ['x', ['a', 'b']],
      ['y', ['a', 'b']],
      ['z', ['a', 'b']],
    ]),
    new Map([
      ['a', 5],
      ['b', 4],
    ]),
  )
  expect([...even.values()].map(own => own.length)).toEqual([3, 3, 3])
})

test('what is written for the group is read again', () => {
  const partitions: TopicPartition[] = [
    { topic: 'ä', partition: 0 },
    { topic: 'ä', partition: 7 },
    { topic: 'b', partition: 1 },
  ]
  expect(decodeAssignment(encodeAssignment(partitions))).toEqual(partitions)
  expect(decodeAssignment(encodeAssignment([]))).toEqual([])
  expect(decodeAssignment(Buffer.alloc(0))).toEqual([])
  expect(decodeSubscription(encodeSubscription(['ä', 'b']))).toEqual(['ä', 'b'])
})
