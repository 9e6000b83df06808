import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Compiled, compile } from '../compile/compile.js'
import { type TestClickHouse, testClickHouse } from '../embedded/testing.js'
import { noteBegin, noteEnd } from '../ledger/ledger.js'
import type { Plan } from '../model/plan.js'
import { names } from '../naming.js'
import { append } from '../targets/clickhouse/append.js'
import { createTable } from '../targets/clickhouse/render.js'
import { checkFile, type Project } from './project.js'
import { reviewLive } from './reviewChange.js'

const text = `version: 1
project: shop
sources:
  events:
    timestamp: ts
    columns: { ts: DateTime64(3), kind: LowCardinality(String) }
metrics:
  errors: { measure: count(), where: kind = 'error', window: 5m, refresh: 5s }
alerts:
  many_errors: { metric: errors, when: value > 100, for: 2m, severity: page }
targets:
  local: { clickhouse: embedded }
`
const changed = text
  .replace("where: kind = 'error'", "where: kind = 'failure'")
  .replace('refresh: 5s', 'refresh: 10s')
  .replace(/alerts:\n.*\n/, '')
const plan: Plan = { target: 'local', fingerprint: 'f', changes: [], unused: [] }

let ch: TestClickHouse
const dir = mkdtempSync(join(tmpdir(), 'rtdash-review-'))
beforeAll(async () => {
  ch = await testClickHouse()
})
afterAll(async () => {
  await ch.stop()
  rmSync(dir, { recursive: true })
})
beforeEach(() => ch.client.command('DROP DATABASE IF EXISTS shop SYNC'))

async function projectOf(content: string): Promise<Project> {
  const file = join(dir, 'metrics.yaml')
  writeFileSync(file, content)
  const { model, texts } = await checkFile(file, 'local')
  return { file, dir, model: model!, texts }
}

/** Leaves behind what an apply of `content` leaves of itself: the configuration, and the ledger where it has files. */
async function applied(content: string, options: { ledger: boolean; ok?: boolean }): Promise<Compiled> {
  const compiled = compile((await projectOf(content)).model)
  await ch.client.command('CREATE DATABASE IF NOT EXISTS shop')
  for (const { kind, spec } of compiled.resources)
    if (kind === 'clickhouse.table' && (spec.name === names.config || spec.name === names.history))
      await ch.client.command(createTable(spec))
  const { hash } = compiled.service
  if (options.ok !== false)
    await append(ch.client, 'shop', names.config, { hash, config: JSON.stringify(compiled.service) })
  if (options.ledger) {
    const account = { by: { who: 'somebody' }, command: 'apply', files: [['metrics.yaml', content]] as const }
    const id = String(Math.random())
    await noteBegin(ch.client, 'shop', id, plan, account)
    const results = [{ id: 'x', action: 'update' as const, ok: options.ok !== false, ms: 1 }]
    await noteEnd(ch.client, 'shop', id, plan, results, { interrupted: false, account })
  }
  return compiled
}

const codes = async (content: string): Promise<string[]> =>
  (await reviewLive(plan, await projectOf(content), ch.client)).findings.map(({ code }) => code)

describe('what is told of a change of the live system', () => {
  it('compares with the file that was applied', async () => {
    await applied(text, { ledger: true })
    const { findings, edits } = await reviewLive(plan, await projectOf(changed), ch.client)
    expect(findings.map(({ code }) => code)).toEqual(['alert-dropped', 'sla-relaxed'])
    const what = ["where kind = 'error' → kind = 'failure'", 'refresh 5s → 10s', 'sla.latency 10s → 15s']
    expect(edits).toEqual([{ action: 'change', metric: 'errors', what }])
    expect(await codes(text)).toEqual([])
  })

  it('compares with what the service runs where the ledger has no file, or another one', async () => {
    await applied(text, { ledger: false })
    expect(await codes(changed)).toEqual(['sla-relaxed'])
    await applied(text.replace('refresh: 5s', 'refresh: 1s'), { ledger: true })
    await applied(text, { ledger: false })
    expect(await codes(changed)).toEqual(['sla-relaxed'])
  })

  it('goes by the last apply that ended well', async () => {
    await applied(text, { ledger: true })
    await applied(text.replace('window: 5m', 'window: 6m'), { ledger: true, ok: false })
    expect(await codes(changed)).toEqual(['alert-dropped', 'sla-relaxed'])
  })

  it('has nothing to compare with before the first apply', async () => {
    const { findings, edits } = await reviewLive(plan, await projectOf(text), ch.client)
    expect(findings).toEqual([])
    expect(edits).toMatchObject([{ action: 'add', metric: 'errors' }])
  })
})
