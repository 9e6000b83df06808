import { expect, test } from 'vitest'
import { withoutAccounts } from './accounts.js'

test('accounts in URLs are left out, variables stay, and their defaults do not', () => {
  const hidden = (text: string) => withoutAccounts(text)
  expect(hidden('url: "http://shop:p4ss@db:8123/?user=a&password=p4ss&x=1"')).toBe(
    'url: "http://***@db:8123/?user=a&password=***&x=1"',
  )
  expect(hidden('redis://:p4ss@cache')).toBe('redis://***@cache')
  expect(hidden(`url: \${URL:-https://shop:p4ss@db}`)).toBe(`url: \${URL:-https://***@db}`)
  expect(hidden(`http://\${USER}:\${PASSWORD:-p4ss}@db`)).toBe(`http://\${USER}:\${PASSWORD:-***}@db`)
  expect(hidden(`http://\${USER}:p4ss@db/?token=\${TOKEN}`)).toBe(`http://\${USER}***@db/?token=\${TOKEN}`)
})

test('what is no account stays', () => {
  for (const text of ['https://example.org/a@b', 'jo@example.org', `\${CLICKHOUSE_URL}`, 'a://b c@d', '?name=token'])
    expect(withoutAccounts(text)).toBe(text)
})

test('hidden at the same length, every place stays where it was', () => {
  const text = 'clickhouse: { url: "http://shop:p4ss@db" }'
  expect(withoutAccounts(text, secret => '*'.repeat(secret.length))).toBe('clickhouse: { url: "http://*********@db" }')
})
