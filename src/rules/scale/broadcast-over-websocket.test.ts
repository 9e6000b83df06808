import { describe, expect, it } from 'vitest'
import { fullTarget, lint, tier1 } from '../testing.js'
import { broadcastOverWebsocket } from './broadcast-over-websocket.js'

describe('broadcast-over-websocket', () => {
  it('finds a slow metric on WebSocket for a crowd', () => {
    expect(
      lint(broadcastOverWebsocket, { metric: { deliver: 'ws' }, model: { viewers: 20_000 }, target: fullTarget }),
    ).toMatchObject([
      {
        code: 'broadcast-over-websocket',
        message: expect.stringContaining('20,000 viewers on WebSocket for a refresh of 5s'),
      },
    ])
  })

  it('lets tier 1 be: nothing else is as fast', () => {
    expect(lint(broadcastOverWebsocket, { metric: tier1, model: { viewers: 20_000 }, target: fullTarget })).toEqual([])
  })

  it('lets 10,000 be', () => {
    expect(
      lint(broadcastOverWebsocket, { metric: { deliver: 'ws' }, model: { viewers: 10_000 }, target: fullTarget }),
    ).toEqual([])
  })
})
