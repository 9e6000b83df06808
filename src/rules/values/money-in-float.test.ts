import { describe, expect, it } from 'vitest'
import { countEvents, lint } from '../testing.js'
import { moneyInFloat } from './money-in-float.js'

describe('money-in-float', () => {
  it('finds a sum of money over a float', () => {
    expect(lint(moneyInFloat, { metric: { unit: 'EUR' } })).toMatchObject([
      { code: 'money-in-float', message: expect.stringContaining('money (EUR) from value, in binary floating point') },
    ])
  })

  it('lets other units be', () => {
    expect(lint(moneyInFloat, { metric: { unit: 'kWh' } })).toEqual([])
  })

  it('lets a count of payments be', () => {
    expect(lint(moneyInFloat, { metric: { unit: 'EUR', measure: countEvents } })).toEqual([])
  })
})
