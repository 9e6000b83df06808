import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BadBody, splitBody } from './splitBody.js'

/** Events and their lines, of a body that comes in pieces of any size. */
function split(body: string, size = body.length || 1, lines = false): [string, number][] {
  const events: [string, number][] = []
  const splitter = splitBody((json, line) => void events.push([json, line]), lines)
  for (let at = 0; at < body.length; at += size) splitter.push(body.slice(at, at + size))
  splitter.end()
  return events
}

const object = fc
  .dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 2 }))
  .map(value => JSON.stringify(value))
const size = fc.integer({ min: 1, max: 40 })

test('an array gives its elements, wherever the pieces are cut', () => {
  const space = fc.constantFrom('', ' ', '\n', '\r\n\t')
  fc.assert(
    fc.property(fc.array(fc.json()), space, size, (elements, gap, cut) => {
      const body = `${gap}[${gap}${elements.join(`${gap},${gap}`)}${gap}]${gap}`
      expect(split(body, cut)).toEqual(elements.map((json, at) => [json.trim(), at + 1]))
    }),
  )
})

test('lines give their events, blank ones only count', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(object, fc.constant('')), { minLength: 1 }),
      size,
      fc.boolean(),
      (rows, cut, byType) => {
        fc.pre(byType || rows.some(row => row !== ''))
        const expected = rows.flatMap((row, at) => (row === '' ? [] : [[row, at + 1]]))
        expect(split(rows.join('\n'), cut, byType)).toEqual(expected)
      },
    ),
  )
})

test('one object may take many lines', () => {
  fc.assert(
    fc.property(object, size, (json, cut) => {
      const pretty = JSON.stringify(JSON.parse(json), null, 2)
      expect(split(pretty, cut)).toEqual([[pretty, 1]])
    }),
  )
})

test('a broken first line harms no other', () => {
  expect(split('{"a":\n{"b":1}\n', 3)).toEqual([
    ['{"a":', 1],
    ['{"b":1}', 2],
  ])
})

test.each(['', '  \n', 'null', '"a"', '[', '[1', '[1,]x', '[,1]', '[1],', '[1] [2]', '[{"a":"]'])(
  '%j is refused',
  body => {
    expect(() => split(body, 1)).toThrow(BadBody)
  },
)

test('an endless line costs no more than its length', () => {
  const splitter = splitBody(() => {}, true)
  const piece = 'x'.repeat(1000)
  for (let at = 0; at < 16_000; at++) splitter.push(piece)
  splitter.end()
})
