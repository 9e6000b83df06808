import { describe, expect, it } from 'vitest'
import { fullTarget, lint, spanAt } from '../testing.js'
import { replicationOne } from './replication-one.js'

describe('replication-one', () => {
  it('finds a single copy outside of local', () => {
    expect(lint(replicationOne, { source: { replication: 1 }, target: fullTarget })).toMatchObject([
      { code: 'replication-one', message: expect.stringContaining('replication 1 in target prod') },
    ])
  })

  it('points at the key where its place is known', () => {
    const source = { replication: 1, spans: { replication: spanAt(9) } }
    expect(lint(replicationOne, { source, target: fullTarget })).toMatchObject([{ span: { line: 9 } }])
  })

  it('lets local be', () => {
    expect(lint(replicationOne, { source: { replication: 1 }, target: { ...fullTarget, name: 'local' } })).toEqual([])
  })

  it('lets three copies be', () => {
    expect(lint(replicationOne, { target: fullTarget })).toEqual([])
  })
})
