import { describe, expect, it } from 'vitest'
import { columns, lint } from '../testing.js'
import { highCardinality } from './high-cardinality.js'

describe('high-cardinality', () => {
  it('finds the unique id', () => {
    expect(lint(highCardinality, { metric: { by: ['event_id'] } })).toMatchObject([
      {
        code: 'high-cardinality',
        message: expect.stringContaining('dimension event_id is the unique id of its source'),
      },
    ])
  })

  it('finds an integer of many values', () => {
    expect(lint(highCardinality, { metric: { by: ['region', 'user_id'] } })).toMatchObject([
      { code: 'high-cardinality', message: expect.stringContaining('dimension user_id is an integer of 64 bits') },
    ])
  })

  it('finds a nullable text', () => {
    expect(
      lint(highCardinality, {
        metric: { by: ['path'] },
        source: {
          columns: [
            ...columns,
            { name: 'path', type: { kind: 'nullable', inner: { kind: 'string' } }, span: columns[0]!.span },
          ],
        },
      }),
    ).toMatchObject([
      { code: 'high-cardinality', message: expect.stringContaining('dimension path is a String of any text') },
    ])
  })

  it('finds a point in time', () => {
    expect(lint(highCardinality, { metric: { by: ['ts'] } })).toMatchObject([
      { code: 'high-cardinality', message: expect.stringContaining('dimension ts is a point in time') },
    ])
  })

  it('lets types of few values be', () => {
    expect(lint(highCardinality, { metric: { by: ['region', 'event_type'] } })).toEqual([])
  })
})
