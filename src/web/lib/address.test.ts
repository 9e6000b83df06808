import { expect, test } from 'vitest'
import { apiUrl, pageAddress, socketUrl } from './address.js'

test('addresses keep the path prefix and carry the token', () => {
  const address = pageAddress('https://example.com/dash/?token=a%2Bb#m/1h')
  expect(apiUrl(address, 'api/metrics')).toBe('https://example.com/dash/api/metrics?token=a%2Bb')
  expect(socketUrl(address)).toBe('wss://example.com/dash/ws?token=a%2Bb')
  expect(socketUrl(pageAddress('http://localhost:4000/'))).toBe('ws://localhost:4000/ws')
})
