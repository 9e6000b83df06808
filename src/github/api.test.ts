import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { ApiError, createApi, listAll } from './api.js'
import { scriptedApi } from './testing.js'

let server: Server | undefined
afterEach(() => server?.close())

async function serve(answers: readonly [number, string][]): Promise<{ apiUrl: string; heads: string[] }> {
  const heads: string[] = []
  const left = [...answers]
  server = createServer((request, response) => {
    heads.push(`${request.method} ${request.url} ${request.headers.authorization}`)
    const [status, text] = left.shift() ?? [500, '']
    response.writeHead(status).end(text)
  })
  await new Promise<void>(resolve => server?.listen(0, '127.0.0.1', resolve))
  return { apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heads }
}

describe('the API', () => {
  it('sends its token and reads JSON', async () => {
    const { apiUrl, heads } = await serve([[200, '{"a":1}']])
    expect(await createApi({ apiUrl, token: 't' }).request('GET', '/x')).toEqual({ a: 1 })
    expect(heads).toEqual(['GET /x Bearer t'])
  })

  it('tries again what the server could not do for now', async () => {
    const { apiUrl, heads } = await serve([
      [502, '<html>'],
      [201, ''],
    ])
    expect(await createApi({ apiUrl }).request('POST', '/x', {})).toBeUndefined()
    expect(heads).toHaveLength(2)
  })

  it('says what the server said, and does not ask again for what it refuses', async () => {
    const { apiUrl, heads } = await serve([[403, '{"message":"Resource not accessible by integration"}']])
    const error = await createApi({ apiUrl })
      .request('PATCH', '/x', {})
      .catch(thrown => thrown)
    expect(error).toBeInstanceOf(ApiError)
    expect(error).toMatchObject({ status: 403, message: 'PATCH /x: 403 Resource not accessible by integration' })
    expect(heads).toHaveLength(1)
  })

  it('says that nobody answers', async () => {
    const { apiUrl } = await serve([])
    server?.close()
    await expect(createApi({ apiUrl }).request('GET', '/x')).rejects.toThrow(/^GET \/x: .*ECONNREFUSED/)
  }, 30_000)

  it('reads lists to their end', async () => {
    const items = Array.from({ length: 250 }, (_, n) => n)
    const page = (path: string) => {
      const at = (Number(/[?&]page=(\d+)/.exec(path)?.[1]) - 1) * 100
      return { artifacts: items.slice(at, at + 100) }
    }
    expect(await listAll(scriptedApi({ 'GET /x': page }), '/x?name=a', 'artifacts')).toEqual(items)
  })
})
