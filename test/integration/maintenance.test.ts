import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createProject, type TestProject } from '../support/project.js'
import { schemaErrors } from '../support/schema.js'

// The built program against its own local stack: what looks after a running system.

let project: TestProject
beforeAll(async () => {
  project = await createProject()
  expect(await project.run('up', '--detach', '--port', '0')).toMatchObject({ code: 0 })
  expect(await project.run('apply', '--yes')).toMatchObject({ code: 0 })
  expect(await project.run('simulate', '--rate', '200', '--duration', '2s')).toMatchObject({ code: 0 })
}, 300_000)
afterAll(() => project.remove())

test('backfill computes the rollups again, and leaves nothing to apply', { timeout: 300_000 }, async () => {
  const document = await project.json('backfill', '--from', '1h')
  expect(schemaErrors('backfill', document)).toBeNull()
  expect(document).toMatchObject({ ok: true, topics: [], rollups: [{ events: expect.any(Number) }] })
  expect(await project.json('plan')).toMatchObject({ empty: true })
  const one = await project.run('backfill', 'errors', '--from', '1h')
  expect(one).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^rollup_events_\S+ {2}\d{4}-\d\d-\d\d to .* events\n$/),
  })
})

test('doctor and status find nothing wrong', { timeout: 300_000 }, async () => {
  const { stdout, code } = await project.run('doctor', '--json')
  const report = JSON.parse(stdout)
  expect(schemaErrors('doctor', report)).toBeNull()
  const problems = report.checks.filter(({ verdict }: { verdict: string }) => verdict === 'problem')
  expect({ code, problems }).toEqual({ code: 0, problems: [] })
  expect(schemaErrors('status', await project.json('status'))).toBeNull()
})

test('import makes a valid file of the stack’s own table', { timeout: 300_000 }, async () => {
  const document = await project.json('import', '--clickhouse', 'shop.events', '-o', 'imported.yaml')
  expect(schemaErrors('import', document)).toBeNull()
  expect(await project.run('validate', '-f', 'imported.yaml')).toMatchObject({ code: 0 })
  expect(readFileSync(join(project.dir, 'imported.yaml'), 'utf8')).toContain('raw_events')
  const again = await project.run('import', '--clickhouse', 'shop.events', '-o', 'imported.yaml')
  expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('is there already') })
})
