import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { kafkaConnection } from './connection.js'

test('brokers: host:port, separated by commas, 9092 by default', () => {
  expect(kafkaConnection(' k1:9093, k2 ,[::1]:9094,', {})).toEqual({ brokers: ['k1:9093', 'k2:9092', '[::1]:9094'] })
})

test.each(['', ' , ', 'k1:0', 'k1:99999', 'k1:', 'kafka://k1:9092', 'user:secret@k1:9092', 'k1 k2'])(
  'brokers that are none: %j',
  text => {
    expect(() => kafkaConnection(text, {})).toThrow(/kafka\.brokers/)
    expect(() => kafkaConnection(text, {})).not.toThrow(/secret/)
  },
)

test('a login needs name and password; the mechanism is SCRAM-SHA-512 unless said', () => {
  const login = { RTDASH_KAFKA_USERNAME: 'me', RTDASH_KAFKA_PASSWORD: 'secret' }
  expect(kafkaConnection('k', login).sasl).toEqual({ mechanism: 'SCRAM-SHA-512', username: 'me', password: 'secret' })
  expect(kafkaConnection('k', { ...login, RTDASH_KAFKA_SASL_MECHANISM: 'plain' }).sasl?.mechanism).toBe('PLAIN')
  expect(() => kafkaConnection('k', { RTDASH_KAFKA_PASSWORD: 'secret' })).toThrow('RTDASH_KAFKA_USERNAME is not set')
  expect(() => kafkaConnection('k', { ...login, RTDASH_KAFKA_SASL_MECHANISM: 'secret' })).toThrow(
    'RTDASH_KAFKA_SASL_MECHANISM names no mechanism that is known here',
  )
})

test('TLS: asked for, or implied by a certificate, given as a file or as it is', () => {
  const dir = mkdtempSync(join(tmpdir(), 'rtdash-tls-'))
  const pem = '-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n'
  writeFileSync(join(dir, 'ca.pem'), pem)
  expect(kafkaConnection('k', {}).tls).toBeUndefined()
  expect(kafkaConnection('k', { RTDASH_KAFKA_TLS: 'true' }).tls).toEqual({ rejectUnauthorized: true })
  expect(kafkaConnection('k', { RTDASH_KAFKA_CA: join(dir, 'ca.pem') }).tls?.ca).toBe(pem)
  expect(kafkaConnection('k', { RTDASH_KAFKA_CA: pem, RTDASH_KAFKA_TLS_VERIFY: 'no' }).tls).toEqual({
    ca: pem,
    rejectUnauthorized: false,
  })
  expect(kafkaConnection('k', { RTDASH_KAFKA_CA: pem, RTDASH_KAFKA_TLS: '0' }).tls).toBeUndefined()
  expect(() => kafkaConnection('k', { RTDASH_KAFKA_CA: join(dir, 'none') })).toThrow('RTDASH_KAFKA_CA: its file')
  expect(() => kafkaConnection('k', { RTDASH_KAFKA_CERT: pem })).toThrow('RTDASH_KAFKA_KEY is not set')
  expect(() => kafkaConnection('k', { RTDASH_KAFKA_TLS: 'maybe' })).toThrow('neither true nor false')
  rmSync(dir, { recursive: true })
})
