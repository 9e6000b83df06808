import { expect, test } from 'vitest'
import { apiUrl, pageAddress, serviceAddress, socketUrl } from './address.js'

test('addresses keep the path prefix and carry the token', () => {
  const address = pageAddress('https://example.com/dash/?token=a%2Bb#m/1h')
  expect(apiUrl(address, 'api/metrics')).toBe('https://example.com/dash/api/metrics?token=a%2Bb')
  expect(socketUrl(address)).toBe('wss://example.com/dash/ws?token=a%2Bb')
  expect(socketUrl(pageAddress('http://localhost:4000/'))).toBe('ws://localhost:4000/ws')
})

test.each([
  ['', 'ws://app.example/shop/ws'],
  ['/rt', 'ws://app.example/rt/ws'],
  ['https://dash.example', 'wss://dash.example/ws'],
  ['https://dash.example/rt/', 'wss://dash.example/rt/ws'],
  ['wss://dash.example/rt/ws', 'wss://dash.example/rt/ws'],
  ['wss://dash.example/ws?token=t', 'wss://dash.example/ws?token=t'],
])('an app may write the service as "%s"', (written, socket) => {
  expect(socketUrl(serviceAddress(written, '', 'http://app.example/shop/cart?x=1'))).toBe(socket)
})

test('a token given apart wins', () => {
  expect(serviceAddress('wss://dash.example/ws?token=old', 'new', 'http://app.example/').token).toBe('new')
})
