import { describe, expect, it } from 'vitest'
import type { Counts } from '../snapshot.js'
import { compare } from './eventsStored.js'

const counts = (earlier: number, rows: number, later: number, inFlight = 0, duplicates = 0, waiting = 0): Counts => {
  const state = (accepted: number) => ({
    source: 'events',
    accepted,
    rejected: 0,
    duplicates,
    canaries: 0,
    inFlight: { rows: inFlight },
  })
  return { earlier: state(earlier), waiting, rows, later: state(later) }
}
describe('events stored', () => {
  it.each([
    ['nothing flows', counts(10, 10, 10), counts(510, 510, 510), 'pass', undefined],
    ['one is lost', counts(10, 10, 10), counts(510, 509, 510), 'fail', '1 accepted events are not stored'],
    ['one came twice', counts(10, 10, 10), counts(510, 511, 510), 'fail', '1 rows too many'],
    ['what waited in its topic was stored', counts(10, 4, 10, 0, 0, 6), counts(510, 510, 510), 'pass', undefined],
    ['what waits in its topic will be', counts(10, 10, 10), counts(510, 490, 510, 0, 0, 20), 'pass', undefined],
    ['more than waited', counts(10, 4, 10, 0, 0, 6), counts(510, 511, 510), 'fail', '1 rows too many'],
    ['duplicates are no rows', counts(10, 10, 10), counts(510, 500, 510, 0, 10), 'pass', undefined],
    ['stored, not yet acknowledged', counts(10, 10, 10), counts(500, 510, 505, 20), 'pass', undefined],
    ['more than was under way', counts(10, 10, 10), counts(500, 540, 505, 20), 'fail', '15 rows too many'],
    ['a new service', counts(900, 900, 900), counts(5, 905, 5), 'skipped', expect.stringContaining('started again')],
  ])('%s', (_, before, after, expected, reason) => {
    expect(compare('events', before, after)).toMatchObject(
      reason === undefined ? { verdict: expected } : { verdict: expected, reason },
    )
  })
})
