import { describe, expect, it } from 'vitest'
import type { AggregateExpr } from '../../model/expr.js'
import { column, lint } from '../testing.js'
import { exactDistinct } from './exact-distinct.js'

const distinct: AggregateExpr = {
  kind: 'aggregate',
  fn: 'uniq',
  argument: column('user_id'),
  type: { base: 'int', nullable: false },
}

describe('exact-distinct', () => {
  it('finds an exact count over a busy day', () => {
    expect(
      lint(exactDistinct, {
        metric: { measure: { ...distinct, fn: 'uniq_exact' }, window: { kind: 'calendar', unit: 'day' } },
      }),
    ).toMatchObject([
      {
        code: 'exact-distinct',
        message: expect.stringContaining('uniq_exact keeps every distinct value of day, of up to 90,000,000 events'),
      },
    ])
  })

  it('lets a short window be', () => {
    expect(lint(exactDistinct, { metric: { measure: { ...distinct, fn: 'uniq_exact' } } })).toEqual([])
  })

  it('lets uniq be', () => {
    expect(lint(exactDistinct, { metric: { measure: distinct, window: { kind: 'calendar', unit: 'day' } } })).toEqual(
      [],
    )
  })
})
