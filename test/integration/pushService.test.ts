import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apply } from '../../src/apply/apply.js'
import { compile } from '../../src/compile/compile.js'
import { renderFiles } from '../../src/compile/renderFiles.js'
import { testModel } from '../../src/compile/testing.js'
import { type TestClickHouse, testClickHouse } from '../../src/embedded/testing.js'
import type { Target } from '../../src/model/model.js'
import { plan } from '../../src/plan/plan.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const target: Target = {
  name: 'prod',
  clickhouse: { kind: 'server', url: { template: `http://\${CLICKHOUSE_HOST}` } },
}
const compiled = compile(
  testModel(
    { ts: 'DateTime64(3)', value: 'Float64' },
    { events_10s: { measure: 'count()', window: { kind: 'trailing', ms: 10_000 }, refreshMs: 1000 } },
    { target },
  ),
)

describe('the generated push service', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rtdash-push-'))
  const dir = join(folder, 'push-service')
  let ch: TestClickHouse
  const running: ChildProcess[] = []

  beforeAll(async () => {
    ch = await testClickHouse()
    for (const [path, text] of renderFiles(compiled)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
    // As `npm install` leaves it, with this package as it is built.
    mkdirSync(join(dir, 'node_modules'))
    symlinkSync(root, join(dir, 'node_modules/rtdash'))
    const clients = { clickhouse: ch.client }
    await apply(await plan(compiled, clients), clients, { database: compiled.service.database })
  })
  afterAll(async () => {
    for (const child of running) if (child.exitCode === null) child.kill('SIGKILL')
    await ch.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  function start(env: Record<string, string>): ChildProcess {
    const child = spawn(process.execPath, ['server.js'], { cwd: dir, env: { PATH: process.env.PATH, ...env } })
    running.push(child)
    return child
  }

  it('serves what was applied, and ends when told', async () => {
    const { host } = new URL(ch.server.url)
    const { username, password } = ch.server
    const child = start({ CLICKHOUSE_HOST: host, CLICKHOUSE_USER: username, CLICKHOUSE_PASSWORD: password, PORT: '0' })
    let errors = ''
    child.stderr!.on('data', text => (errors += text))
    const url = await Promise.race([
      once(child.stdout!, 'data').then(([line]) => String(line).trim()),
      once(child, 'exit').then(() => Promise.reject(new Error(errors))),
    ])
    const health = await (await fetch(`${url}/healthz`)).json()
    expect(health).toMatchObject({ status: 'ok', config: compiled.service.hash })
    expect(JSON.stringify(await (await fetch(`${url}/api/metrics`)).json())).toContain('events_10s')

    const listed = JSON.parse(readFileSync(join(dir, 'routes.json'), 'utf8')) as {
      routes: { method: string; path: string }[]
    }
    for (const { method, path } of listed.routes.filter(route => route.path !== '/ws')) {
      const at = path.replace('{source}', 'events').replace('{name}', 'events_10s')
      const answer = await fetch(`${url}${at}${at === '/events' ? '?metric=events_10s' : ''}`, {
        method,
        ...(method === 'POST' && { body: '{}' }),
      })
      expect([at, answer.status]).toEqual([at, method === 'POST' ? 202 : 200])
      await answer.body?.cancel()
    }

    child.kill('SIGTERM')
    const [code] = await once(child, 'exit')
    expect([code, errors]).toEqual([0, expect.any(String)])
  })

  it('says which variable is missing, and which role there is not', async () => {
    const saying = async (env: Record<string, string>): Promise<[number, string]> => {
      const child = start(env)
      let text = ''
      child.stderr!.on('data', part => (text += part))
      const [code] = await once(child, 'close')
      return [code, text]
    }
    expect(await saying({})).toEqual([1, expect.stringContaining('CLICKHOUSE_HOST is not set')])
    const roles = await saying({ CLICKHOUSE_HOST: '127.0.0.1:1', ROLES: 'push,cook' })
    expect(roles).toEqual([1, expect.stringContaining('no role "cook"; there are ingest, publish, push')])
  })
})
