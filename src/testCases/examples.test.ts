import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TestClickHouse, testClickHouse } from '../embedded/testing.js'
import { runTests } from './run.js'
import { modelOf } from './testing.js'

const root = fileURLToPath(new URL('../../', import.meta.url))
const files = ['examples', 'templates/init'].flatMap(folder =>
  readdirSync(`${root}${folder}`)
    .filter(name => name !== 'common')
    .map(name => `${folder}/${name}/metrics.yaml`),
)

describe('what users see first has tests, and they pass', () => {
  let ch: TestClickHouse
  beforeAll(async () => {
    ch = await testClickHouse()
  })
  afterAll(() => ch.stop())

  it.each(files)('%s', async file => {
    const model = await modelOf(readFileSync(`${root}${file}`, 'utf8'))
    await ch.client.command(`DROP DATABASE IF EXISTS ${model.project} SYNC`)
    const report = await runTests(ch.client, model)
    expect(report.cases.length).toBeGreaterThan(0)
    expect(report.cases.flatMap(({ diff }) => diff)).toEqual([])
  })
})
