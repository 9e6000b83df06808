import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createProject, type TestProject } from '../support/project.js'

const program = fileURLToPath(new URL('../../bin/run.js', import.meta.url))
const patience = { timeout: 40_000, interval: 200 }

let project: TestProject
let dev: ChildProcess
let [url, told] = ['', '']

beforeAll(async () => {
  project = await createProject()
  dev = spawn(process.execPath, [program, 'dev', '--sample', '--rate', '50', '--port', '0'], { cwd: project.dir })
  dev.stderr?.on('data', (chunk: Buffer) => {
    told += chunk.toString()
  })
  dev.stdout?.on('data', (chunk: Buffer) => {
    url ||= /http:\S+/.exec(chunk.toString())?.[0] ?? ''
  })
})
afterAll(async () => {
  dev?.kill('SIGKILL')
  await project?.remove()
})

const catalogue = async (): Promise<Map<string, number | null>> => {
  const answer = await fetch(`${url}/api/metrics`)
  const { metrics } = (await answer.json()) as { metrics: { name: string; latest: { value: number | null } | null }[] }
  return new Map(metrics.map(({ name, latest }) => [name, latest?.value ?? null]))
}

// One process, from its start to its end: each step needs the one before it.
describe.sequential('dev --sample', () => {
  it('prints the dashboard’s address, and serves it', async () => {
    await expect.poll(() => url, patience).not.toBe('')
    expect(await (await fetch(url)).text()).toContain('<html')
  })

  it('fills the metrics with sample events', async () => {
    await expect.poll(async () => (await catalogue()).get('events_per_minute') ?? 0, patience).toBeGreaterThan(50)
  })

  it('applies a save', async () => {
    await project.edit(
      'metrics:\n',
      'metrics:\n  types: { tier: 2, measure: uniq(event_type), window: 1m, refresh: 5s }\n',
    )
    await expect.poll(async () => [...(await catalogue()).keys()], patience).toContain('types')
  })

  it('tells the errors of a save, and runs on', async () => {
    await project.edit('uniq(event_type)', 'uniq(event_typ)')
    await expect.poll(() => told, patience).toContain('did you mean "event_type"?')
    expect(await (await fetch(`${url}/healthz`)).json()).toMatchObject({ status: 'ok', metrics: 3 })
  })

  it('leaves out and names what would lose data', async () => {
    await project.edit('uniq(event_typ)', 'uniq(event_type)')
    await project.edit('raw: 90d', 'raw: 7d')
    await expect.poll(() => told, patience).toContain('left out, it would lose data: update clickhouse.table/events')
  })

  it('ends at Ctrl-C with 130, and leaves nothing running', async () => {
    const ended = once(dev, 'exit')
    dev.kill('SIGINT')
    expect((await ended)[0]).toBe(130)
    await expect(fetch(`${url}/healthz`)).rejects.toThrow()
    expect(await project.json('down')).toEqual({ ok: true, stopped: false })
  })
})
