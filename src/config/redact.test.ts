import { expect, test } from 'vitest'
import { redact } from './redact.js'

const env = {
  CLICKHOUSE_URL: 'https://shop:p%40ss-word@db:8443/?password=in-the-query',
  REDIS_URL: 'rediss://:only-password@cache:6379/0',
  RTDASH_KAFKA_PASSWORD: 'say "please"',
  RTDASH_WRITE_TOKENS: 'token-one,token-two',
  RTDASH_KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512',
  MY_TOKEN: 'ab',
}

test('passwords in URLs and secrets in variables become ***, however they are written', () => {
  const text =
    'p@ss-word p%40ss-word in-the-query only-password token-two {"a":"say \\"please\\""} say "please" say%20%22please%22'
  expect(redact(text, env)).toBe('*** *** *** *** *** {"a":"***"} *** ***')
})

test('what is no secret stays: hosts, accounts, mechanisms, and what is too short to tell', () => {
  const text = 'https://db:8443 shop cache SCRAM-SHA-512 ab'
  expect(redact(text, env)).toBe(text)
})
