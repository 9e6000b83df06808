import { describe, expect, it } from 'vitest'
import { lint, ofType } from '../testing.js'
import { alertWithoutValue } from './alert-without-value.js'

describe('alert-without-value', () => {
  it('finds a condition about something else', () => {
    expect(lint(alertWithoutValue, { alert: { when: ofType('error') } })).toMatchObject([
      { code: 'alert-without-value', message: expect.stringContaining('does not mention value') },
    ])
  })

  it('lets a comparison of the value be', () => {
    expect(lint(alertWithoutValue)).toEqual([])
  })
})
