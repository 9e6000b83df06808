import { describe, expect, it } from 'vitest'
import type { Metric } from '../../model/model.js'
import { column, columns, countEvents, fullTarget, lint, spanAt, tier1 } from '../testing.js'
import { flinkAggregate } from './flink-aggregate.js'

const type = { base: 'float', nullable: true } as const
const value = column('value', type)
const last: Metric['measure'] = { kind: 'aggregate', fn: 'last', argument: value, type }
const ratio: Metric['measure'] = { kind: 'arithmetic', op: '/', left: countEvents, right: last, type }
const target = fullTarget

describe('flink-aggregate', () => {
  it('finds last() wherever it stands, at the measure', () => {
    const spans = { measure: spanAt(31) }
    for (const measure of [last, ratio, { kind: 'perSecond', operand: last, type } as const])
      expect(lint(flinkAggregate, { target, metric: { ...tier1, measure, spans } })).toMatchObject([
        { code: 'flink-aggregate', severity: 'error', message: expect.stringContaining('last()'), span: { line: 31 } },
      ])
  })

  it('finds a calendar window', () => {
    const metric = { ...tier1, window: { kind: 'calendar', unit: 'hour' } } as const
    expect(lint(flinkAggregate, { target, metric })).toMatchObject([
      { message: expect.stringContaining('hour so far') },
    ])
  })

  it('finds a nested column where others fill the topic', () => {
    const nested = columns.map(one => (one.name === 'region' ? { ...one, from: ['geo', 'region'] } : one))
    expect(lint(flinkAggregate, { target, metric: tier1, source: { columns: nested } })).toEqual([])
    const others = { columns: nested, format: 'epoch_millis' } as const
    expect(lint(flinkAggregate, { target, metric: tier1, source: others })).toMatchObject([
      { message: expect.stringContaining('column region is nested'), span: { line: 15 } },
    ])
  })

  it('lets other tiers be, and targets without Flink', () => {
    expect(lint(flinkAggregate, { target, metric: { measure: last } })).toEqual([])
    expect(lint(flinkAggregate, { metric: { ...tier1, measure: last } })).toEqual([])
    expect(lint(flinkAggregate, { target, metric: { ...tier1, measure: countEvents } })).toEqual([])
  })
})
