import { describe, expect, it } from 'vitest'
import type { AggregateExpr } from '../../model/expr.js'
import { column, lint } from '../testing.js'
import { queryOverSla } from './query-over-sla.js'

const p99: AggregateExpr = {
  kind: 'aggregate',
  fn: 'quantile',
  level: 0.99,
  argument: column('value', { base: 'float', nullable: false }),
  type: { base: 'float', nullable: true },
}

describe('query-over-sla', () => {
  it('warns where a busy machine would miss the promise', () => {
    expect(lint(queryOverSla, { metric: { measure: p99, by: ['event_type', 'region'] } })).toMatchObject([
      {
        severity: 'warning',
        message: expect.stringContaining('merges 6,100 states in about 46.7 ms on a quiet machine'),
      },
    ])
  })

  it('is an error where even a quiet machine does', () => {
    expect(lint(queryOverSla, { metric: { measure: p99, by: ['user_id', 'region'] } })).toMatchObject([
      { severity: 'error', message: expect.stringContaining('more than sla.query 100ms') },
    ])
  })

  it('lets the same be where the promise is wide enough', () => {
    const sla = { latencyMs: 10_000, queryMs: 1000, lagMs: 30_000 }
    expect(lint(queryOverSla, { metric: { measure: p99, by: ['event_type', 'region'], sla } })).toEqual([])
  })

  it('lets a sum be', () => {
    expect(lint(queryOverSla)).toEqual([])
  })
})
