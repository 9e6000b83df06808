import { appendFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createProject, type TestProject } from './support/project.js'
import { schemaErrors } from './support/schema.js'

// What compile and diff say about generated text. The text itself is pinned by the examples' committed output.
let project: TestProject
beforeAll(async () => {
  project = await createProject()
})
afterAll(() => rm(project.dir, { recursive: true, force: true }))

it('compile writes all that it names, and --check then agrees', async () => {
  const compiled = await project.json('compile', '-o', 'out/local')
  expect(schemaErrors('compile', compiled)).toBeNull()
  expect(compiled).toMatchObject({ ok: true, out: 'out/local' })
  expect(compiled.files).toEqual(expect.arrayContaining(['manifest.json', 'service/config.json']))
  expect(await project.run('compile', '-o', 'out/local', '--check')).toMatchObject({ code: 0, stdout: '' })
})

it('--check names what is out of date, and exits with 2', async () => {
  await appendFile(join(project.dir, 'out/local/manifest.json'), '\n')
  const check = await project.run('compile', '-o', 'out/local', '--check', '--json')
  expect(check.code).toBe(2)
  const document = JSON.parse(check.stdout)
  expect(schemaErrors('compile', document)).toBeNull()
  expect(document).toMatchObject({ ok: false, outdated: [{ file: 'manifest.json', state: 'differs' }] })
})

it('diff prints a document with every change, and none for the same file', async () => {
  const { stdout } = await project.run('diff', 'metrics.yaml', 'metrics.yaml', '--json')
  expect(JSON.parse(stdout)).toMatchObject({ empty: true, changes: [] })
  await writeFile(join(project.dir, 'base.yaml'), project.text())
  await project.edit('window: 5m', 'window: 10m')
  const document = await project.json('diff', 'base.yaml', 'metrics.yaml')
  expect(schemaErrors('diff', document)).toBeNull()
  expect(document).toMatchObject({ empty: false, summary: { create: 0, delete: 0 } })
  expect(document.changes).toEqual(
    expect.arrayContaining([expect.objectContaining({ id: 'clickhouse.view/errors', action: 'update', risk: 'safe' })]),
  )
})
