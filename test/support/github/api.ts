import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Comment {
  readonly id: number
  body: string
  readonly user: { readonly type: string }
}

/** A kept artifact; its files lie in a folder of the test. */
export interface Artifact {
  readonly name: string
  readonly created_at: string
  readonly expired: boolean
  readonly workflow_run: {
    readonly id: number
    readonly head_sha: string
    readonly repository_id: number
    readonly head_repository_id: number
  }
}

/** As much of GitHub's REST API as the action uses, over what the test says. */
export interface FakeApi {
  readonly url: string
  /** `METHOD path` of each request, without its query. */
  readonly requests: string[]
  /** By number of the pull request. */
  readonly comments: Map<number, Comment[]>
  /** Pull requests by the commit that they were merged as. */
  readonly merged: Map<string, unknown>
  readonly artifacts: Artifact[]
  /** The tokens that may ask, and whether they may write. */
  readonly tokens: Map<string, 'read' | 'write'>
  close(): Promise<void>
}

export async function startApi(repository: string): Promise<FakeApi> {
  const requests: string[] = []
  const comments = new Map<number, Comment[]>()
  const merged = new Map<string, unknown>()
  const artifacts: Artifact[] = []
  const tokens = new Map<string, 'read' | 'write'>()
  let nextId = 1

  const answer = (
    method: string,
    { pathname, searchParams }: URL,
    body: string,
    may: 'read' | 'write',
  ): [number, unknown] => {
    const path = pathname.replace(`/repos/${repository}/`, '')
    if (method !== 'GET' && may !== 'write') return [403, { message: 'Resource not accessible by integration' }]
    const of = /^issues\/(\d+)\/comments$/.exec(path)?.[1]
    if (of !== undefined) {
      const list = comments.get(Number(of)) ?? []
      comments.set(Number(of), list)
      if (method === 'GET') return [200, page(list, searchParams)]
      const text = JSON.parse(body).body
      if (text.length > 65_535) return [422, { message: 'Body is too long (maximum is 65536 characters)' }]
      list.push({ id: nextId++, body: text, user: { type: 'Bot' } })
      return [201, list.at(-1)]
    }
    const id = /^issues\/comments\/(\d+)$/.exec(path)?.[1]
    if (id !== undefined && method === 'PATCH') {
      const comment = [...comments.values()].flat().find(one => one.id === Number(id))
      if (comment === undefined) return [404, { message: 'Not Found' }]
      comment.body = JSON.parse(body).body
      return [200, comment]
    }
    const sha = /^commits\/(\w+)\/pulls$/.exec(path)?.[1]
    if (sha !== undefined) return [200, page(merged.has(sha) ? [merged.get(sha)] : [], searchParams)]
    if (path === 'actions/artifacts') {
      const named = artifacts.filter(({ name }) => name === searchParams.get('name'))
      return [200, { total_count: named.length, artifacts: page(named, searchParams) }]
    }
    return [404, { message: 'Not Found' }]
  }

  const server = createServer((request, response) => {
    let body = ''
    request.on('data', chunk => {
      body += chunk
    })
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://localhost')
      const may = tokens.get((request.headers.authorization ?? '').replace('Bearer ', ''))
      requests.push(`${request.method} ${url.pathname}`)
      const [status, value] =
        may === undefined ? [401, { message: 'Bad credentials' }] : answer(request.method ?? '', url, body, may)
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = () => new Promise<void>(resolve => server.close(() => resolve()))
  return { url: `http://127.0.0.1:${port}`, requests, comments, merged, artifacts, tokens, close }
}

const page = <T>(list: readonly T[], query: URLSearchParams): T[] => {
  const size = Number(query.get('per_page') ?? 30)
  const start = (Number(query.get('page') ?? 1) - 1) * size
  return list.slice(start, start + size)
}
