import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compile } from '../src/compile/compile.js'
import { renderFiles } from '../src/compile/renderFiles.js'
import { type TestClickHouse, testClickHouse } from '../src/embedded/testing.js'
import type { Resource } from '../src/model/resource.js'
import { statementsOf } from '../src/targets/clickhouse/files.js'
import { str } from '../src/targets/clickhouse/text.js'
import { compiledExamples } from './support/examples.js'

// examples/<name>/build/<target>/ is what the compiler makes of the example. To write it anew: UPDATE_GOLDENS=1.
const update = process.env.UPDATE_GOLDENS === '1'
const examples = await compiledExamples()

const onCluster = (resources: readonly Resource[]): boolean =>
  resources.some(r => r.kind === 'clickhouse.database' && r.spec.cluster !== undefined)

function filesIn(folder: string): Map<string, string> {
  if (!existsSync(folder)) return new Map()
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
  return new Map(
    entries.map(entry => {
      const path = join(entry.parentPath, entry.name)
      return [relative(folder, path), readFileSync(path, 'utf8')]
    }),
  )
}

function write(folder: string, files: ReadonlyMap<string, string>): void {
  rmSync(folder, { recursive: true, force: true })
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

describe.each(examples)('$name', ({ build, compiled }) => {
  const files = renderFiles(compiled)
  if (update) write(build, files)

  it('compiles to the files that are committed, byte for byte', () => {
    const committed = filesIn(build)
    expect([...committed.keys()].sort()).toEqual([...files.keys()].sort())
    for (const [path, text] of files) expect(committed.get(path), path).toBe(text)
  })

  it('compiles to the same bytes again; the order of the file is the order on the page and nothing else', () => {
    expect(renderFiles(compile(compiled.model))).toEqual(files)
    const { model } = compiled
    const reversed = compile({
      ...model,
      sources: model.sources.toReversed(),
      metrics: model.metrics.toReversed(),
      alerts: model.alerts.toReversed(),
    })
    const engines = (list: readonly Resource[]) => list.filter(resource => resource.kind !== 'service.config')
    expect(engines(reversed.resources)).toEqual(engines(compiled.resources))
    const byName = (list: readonly { readonly name: string }[]) => list.toSorted((a, b) => (a.name < b.name ? -1 : 1))
    expect(byName(reversed.service.metrics)).toEqual(byName(compiled.service.metrics))
  })
})

describe('ClickHouse takes every statement', () => {
  let ch: TestClickHouse
  beforeAll(async () => {
    ch = await testClickHouse()
  })
  afterAll(() => ch.stop())

  const ORDER = ['clickhouse.database', 'clickhouse.table', 'clickhouse.rollup', 'clickhouse.view']

  it.each(examples)('$name', async ({ compiled }) => {
    const { resources, service } = compiled
    const statements = ORDER.flatMap(kind => resources.filter(resource => resource.kind === kind)).flatMap(statementsOf)
    const queries = service.metrics.flatMap(({ query, history, stored }) => [
      query,
      history,
      ...(stored ? [stored] : []),
    ])
    expect(statements.length).toBeGreaterThan(10)
    if (onCluster(resources)) {
      // Replicated tables need a Keeper, which the embedded server lacks: it reads the statements.
      for (const sql of [...statements, ...queries])
        expect(await ch.client.query<{ text: string }>(`SELECT formatQuery(${str(sql)}) AS text`)).toHaveLength(1)
      return
    }
    for (const sql of statements) await ch.client.command(sql)
    const params = { asof: new Date(1_767_225_600_000), asofs: [new Date(1_767_225_600_000)] }
    for (const sql of queries) await ch.client.query(sql, params)
    await ch.client.command(`DROP DATABASE \`${compiled.model.project}\``)
  })
})
