import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createProject, type TestProject } from '../support/project.js'
import { schemaErrors } from '../support/schema.js'

let project: TestProject
let url: string

beforeAll(async () => {
  project = await createProject()
})
afterAll(() => project?.remove())

// One stack, from its start to its end: each step needs the one before it.
describe.sequential('the local stack from the command line', () => {
  it('starts in the background and says where', async () => {
    const up = await project.json('up', '--detach', '--port', '0')
    expect(schemaErrors('up', up)).toBeNull()
    url = String(up.url)
    expect(await (await fetch(`${url}/healthz`)).json()).toMatchObject({ status: 'ok', config: null })
  })

  it('a second start says who has it', async () => {
    const second = await project.run('up', '--port', '0')
    expect(second).toMatchObject({ code: 1, stdout: '' })
    expect(second.stderr).toContain(url)
  })

  it('plans everything at first, and exits with 2 when asked to tell', async () => {
    const plan = await project.run('plan', '--json', '--detailed-exitcode')
    expect(plan.code).toBe(2)
    const document = JSON.parse(plan.stdout)
    expect(schemaErrors('plan', document)).toBeNull()
    expect(document).toMatchObject({ empty: false, summary: { update: 0, replace: 0, delete: 0 } })
  })

  it('does not apply when nobody can confirm', async () => {
    const apply = await project.run('apply', '--json')
    expect(apply.code).toBe(1)
    expect(JSON.parse(apply.stdout)).toMatchObject({ ok: false, error: { code: 'not-confirmed' } })
  })

  it('applies a saved plan, and refuses it once the live system has changed', async () => {
    await project.run('plan', '-o', 'plan.json')
    const apply = await project.json('apply', 'plan.json', '--yes')
    expect(schemaErrors('apply', apply)).toBeNull()
    expect(apply).toMatchObject({ ok: true })
    const again = await project.json('apply', 'plan.json', '--yes')
    expect(again).toMatchObject({ ok: false, error: { code: 'plan-outdated' } })
  })

  it('then plans nothing, and applies nothing', async () => {
    expect(await project.run('plan', '--detailed-exitcode')).toMatchObject({ code: 0, stdout: 'local: no changes\n' })
    expect(await project.json('apply', '--yes')).toMatchObject({ ok: true, results: [] })
  })

  it('simulates events, all of them accepted', async () => {
    const result = await project.json('simulate', '--rate', '200', '--duration', '1s', '--seed', '7')
    expect(schemaErrors('simulate', result)).toBeNull()
    expect(result).toMatchObject({ accepted: 200, rejected: 0 })
  })

  it('says how it is', async () => {
    await expect.poll(async () => (await project.json('status')).ok, { timeout: 30_000, interval: 500 }).toBe(true)
    const status = await project.json('status')
    expect(schemaErrors('status', status)).toBeNull()
    expect(status).toMatchObject({ service: { url }, sources: [{ source: 'events', accepted: 200 }] })
    expect((await project.run('status')).stdout).toContain('events_per_minute')
  })

  it('refuses what would lose data, by name, until allowed', async () => {
    await project.edit('raw: 90d', 'raw: 7d')
    const refused = await project.run('apply', '--yes')
    expect(refused).toMatchObject({ code: 1 })
    expect(refused.stderr).toContain('clickhouse.table/events')
    expect(await project.json('apply', '--yes', '--allow-destructive')).toMatchObject({ ok: true })
    expect(await project.json('plan')).toMatchObject({ empty: true })
  })

  it('ends from another terminal, and is gone', async () => {
    expect(await project.json('down')).toMatchObject({ ok: true, stopped: true })
    await expect(fetch(`${url}/healthz`)).rejects.toThrow()
    expect(await project.json('down')).toEqual({ ok: true, stopped: false })
  })
})
