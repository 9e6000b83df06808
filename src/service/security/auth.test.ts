import { generateKeyPairSync } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { resolveAuth } from '../options.js'
import { openEvents, openSocket } from '../testing/clients.js'
import { metrics } from '../testing/fixture.js'
import { type Harness, startHarness } from '../testing/harness.js'
import { createAuthenticate } from './reader.js'

const secret = 'a secret of more than thirty-two bytes'
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const pem = (pair: typeof rsa) => pair.publicKey.export({ type: 'spki', format: 'pem' }).toString()
const hmac = new TextEncoder().encode(secret)

let harness: Harness
const logged: string[] = []
beforeAll(async () => {
  harness = await startHarness(metrics('shop'), {
    auth: {
      read: true,
      jwtSecret: secret,
      jwtPublicKey: pem(rsa),
      audience: 'dash',
      allowedOrigins: ['https://dash.example.com'],
      writeTokens: ['w'],
    },
    limits: { connectionsPerClient: 3 },
    log: message => logged.push(message),
  })
})
afterAll(() => harness?.stop())

interface Claims {
  readonly aud?: string
  readonly exp?: string | number
  readonly metrics?: unknown
  readonly sub?: string
}

function token(
  { aud = 'dash', exp = '5m', metrics: allowed = ['*'], sub = 'ada' }: Claims = {},
  alg = 'HS256',
  key: Parameters<SignJWT['sign']>[0] = hmac,
) {
  const jwt = new SignJWT({ ...(allowed !== null && { metrics: allowed }) }).setProtectedHeader({ alg }).setSubject(sub)
  if (aud) jwt.setAudience(aud)
  if (exp) jwt.setExpirationTime(exp)
  return jwt.sign(key)
}

const status = async (bearer: string | undefined, path = '/api/metrics/revenue') => {
  const answer = await harness.get(path, bearer === undefined ? {} : { headers: { Authorization: `Bearer ${bearer}` } })
  const body = answer.status === 200 ? undefined : ((await answer.json()) as { error: string; message: string })
  if (body) expect(body).toEqual({ error: expect.any(String), message: expect.any(String) })
  return [answer.status, body?.error]
}

describe('who may read', () => {
  test.each<[string, () => Promise<string | undefined>, number]>([
    ['no token', async () => undefined, 401],
    ['not a token', async () => 'abc', 401],
    ['HS256', () => token(), 200],
    ['RS256', () => token({}, 'RS256', rsa.privateKey), 200],
    [
      'HS256 of another secret',
      () => token({}, 'HS256', new TextEncoder().encode('another secret that is long enough')),
      401,
    ],
    [
      'RS256 of another key',
      () => token({}, 'RS256', generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey),
      401,
    ],
    ['HS256 keyed with the public key', () => token({}, 'HS256', new TextEncoder().encode(pem(rsa))), 401],
    ['HS512', () => token({}, 'HS512', new TextEncoder().encode(secret.repeat(3))), 401],
    ['ES256 where the key is RSA', () => token({}, 'ES256', ec.privateKey), 401],
    [
      'unsigned',
      async () =>
        `${btoa('{"alg":"none"}')}.${btoa(`{"aud":"dash","exp":${Date.now()},"metrics":["*"]}`)}.`.replaceAll('=', ''),
      401,
    ],
    ['expired', () => token({ exp: Math.floor(Date.now() / 1000) - 10 }), 401],
    ['without exp', () => token({ exp: '' }), 401],
    ['for another audience', () => token({ aud: 'other' }), 401],
    ['without audience', () => token({ aud: '' }), 401],
    ['without metrics', () => token({ metrics: null }), 403],
    ['for its name', () => token({ metrics: ['revenue'] }), 200],
    ['for a pattern', () => token({ metrics: ['x', 'rev*'] }), 200],
    ['for another pattern', () => token({ metrics: ['rev', '*x', 'r.*'] }), 403],
    ['with a pattern that is no text', () => token({ metrics: [{}, 5] }), 403],
  ])('%s', async (_, make, expected) => {
    expect((await status(await make()))[0]).toBe(expected)
  })

  test('a token may come in the query', async () => {
    expect(await status(undefined, `/api/metrics/revenue?token=${await token()}`)).toEqual([200, undefined])
  })

  test('the catalogue shows what the token allows, the exporter wants all', async () => {
    const some = { headers: { Authorization: `Bearer ${await token({ metrics: ['re*'] })}` } }
    const { metrics: seen } = await harness.json<{ metrics: { name: string }[] }>('/api/metrics', some)
    expect(seen.map(({ name }) => name)).toEqual(['requests', 'revenue'])
    expect((await harness.get('/metrics', some)).status).toBe(403)
    expect((await harness.get('/metrics', { headers: { Authorization: `Bearer ${await token()}` } })).status).toBe(200)
    expect((await harness.get('/metrics')).status).toBe(401)
    for (const open of ['/healthz', '/readyz', '/api/openapi.json']) expect((await harness.get(open)).status).toBe(200)
  })

  test('answers are private to caches between', async () => {
    const answer = await harness.get('/api/metrics/revenue', { headers: { Authorization: `Bearer ${await token()}` } })
    expect(answer.headers.get('cache-control')).toMatch(/^private/)
    expect(answer.headers.get('vary')).toContain('Authorization')
  })
})

describe('WebSocket and event stream', () => {
  test('without a token there is no handshake', async () => {
    await expect(openSocket(harness.service.url)).rejects.toThrow('401')
    expect((await openEvents(harness.service.url, 'metric=revenue')).response.status).toBe(401)
  })

  test('the token comes as subprotocol, query or header, and names what may be watched', async () => {
    const allowed = await token({ metrics: ['requests'] })
    const clients = [
      await openSocket(harness.service.url, ['bearer', allowed]),
      await openSocket(harness.service.url, [], { headers: { Authorization: `Bearer ${allowed}` } }),
    ]
    expect(clients[0]!.socket.protocol).toBe('bearer')
    for (const client of clients) {
      client.send({ action: 'subscribe', metrics: ['requests', 'revenue'] })
      await client.inbox.until(all => all.some(({ metric, error }) => metric === 'requests' && !error))
      expect(client.inbox.all).toContainEqual(expect.objectContaining({ metric: 'revenue', error: 'forbidden' }))
      await client.close()
    }
    const stream = await openEvents(harness.service.url, `metric=revenue&token=${allowed}`)
    expect(stream.response.status).toBe(403)
  })

  test('only pages of known origins', async () => {
    const connect = async (origin: string) => {
      const client = await openSocket(harness.service.url, ['bearer', await token()], { origin })
      await client.close()
    }
    await connect('https://dash.example.com')
    await connect(harness.service.url)
    for (const origin of [
      'https://evil.example.com',
      'http://localhost:1',
      'null',
      'https://dash.example.com.evil.org',
    ])
      await expect(connect(origin)).rejects.toThrow('403')
  })

  test('a client has a bounded number of connections, and gets them back', async () => {
    const open = async (sub: string) => openSocket(harness.service.url, ['bearer', await token({ sub })])
    const clients = [await open('bob'), await open('bob'), await open('bob')]
    await expect(open('bob')).rejects.toThrow('429')
    await (await open('eve')).close()
    for (const client of clients) await client.close()
    const again = async () => (await open('bob')).close()
    await expect.poll(again).toBeUndefined()
  })
})

test('ES256 where the key is on a curve', async () => {
  const authenticate = createAuthenticate(
    resolveAuth({ jwtPublicKey: pem(ec), audience: 'dash', read: true }, '127.0.0.1', [], {}),
  )
  const ask = (bearer: string) => {
    const req = { headers: { authorization: `Bearer ${bearer}` }, socket: {} } as IncomingMessage
    return authenticate(req, new URL('http://service/'))
  }
  expect(await ask(await token({}, 'ES256', ec.privateKey))).toMatchObject({ client: 'sub:ada', everything: true })
  await expect(ask(await token({}, 'RS256', rsa.privateKey))).rejects.toMatchObject({ status: 401 })
  await expect(ask(await token())).rejects.toMatchObject({ status: 401 })
})

test('no token is ever logged', () => {
  expect(logged.join('\n')).not.toMatch(/eyJ|Bearer|token=/)
})

test('elsewhere than on loopback keys and write tokens are wanted', () => {
  const roles = ['ingest', 'push'] as const
  expect(resolveAuth({}, '127.0.0.1', roles, {})).toMatchObject({ read: false })
  expect(() => resolveAuth({}, '0.0.0.0', roles, {})).toThrow('RTDASH_JWT_SECRET')
  expect(() => resolveAuth({}, '0.0.0.0', roles, { RTDASH_JWT_SECRET: 'x' })).toThrow('RTDASH_JWT_AUDIENCE')
  const env = { RTDASH_JWT_SECRET: 'x', RTDASH_JWT_AUDIENCE: 'dash' }
  expect(() => resolveAuth({}, '0.0.0.0', roles, env)).toThrow('RTDASH_WRITE_TOKENS')
  expect(resolveAuth({}, '0.0.0.0', roles, { ...env, RTDASH_WRITE_TOKENS: 'a, b' })).toMatchObject({
    read: true,
    writeTokens: ['a', 'b'],
  })
})
