import type { ClickHouse } from '../clients/clickhouse.js'
import { type Compiled, compile } from '../compile/compile.js'
import type { Model, TestCase } from '../model/model.js'
import { statementsOf } from '../targets/clickhouse/files.js'
import { qualified } from '../targets/clickhouse/text.js'
import { createFrontDoor, type FrontDoor } from './events.js'
import { differenceOf, type TestedMetric } from './expectation.js'
import { type CaseResult, placeOf, type TestReport, type Uncounted } from './report.js'

/** A Monday that begins a month: at 0s, every calendar window has just begun. */
const START = '2026-06-01 00:00:00'

export interface RunOptions {
  readonly signal?: AbortSignal
  readonly onResult?: (result: CaseResult) => void
}

/**
 * Runs a file's cases on an empty server, one after the other on the same tables: events in through the front door's own
 * decoder, values out of the queries that the service runs. Whatever the model's target is, the DDL is that of one server.
 */
export async function runTests(
  clickhouse: ClickHouse,
  declared: Model,
  { signal, onResult }: RunOptions = {},
): Promise<TestReport> {
  const model: Model = { ...declared, target: { name: 'local', clickhouse: { kind: 'embedded' } } }
  const compiled = compile(model)
  const bench = { clickhouse, compiled, metrics: metricsOf(compiled), doors: doorsOf(clickhouse, compiled) }
  await createAll(clickhouse, compiled)
  const startMs = await startOf(clickhouse, model.timezone)
  const cases: CaseResult[] = []
  for (const [at, test] of model.tests.entries()) {
    signal?.throwIfAborted()
    if (at > 0) await emptyAll(clickhouse, compiled)
    const result = await runCase(bench, test, startMs, at)
    cases.push(result)
    onResult?.(result)
  }
  return { ok: cases.every(({ ok }) => ok), cases }
}

interface Bench {
  readonly clickhouse: ClickHouse
  readonly compiled: Compiled
  readonly metrics: ReadonlyMap<string, TestedMetric>
  readonly doors: ReadonlyMap<string, FrontDoor>
}

async function runCase(bench: Bench, test: TestCase, startMs: number, number: number): Promise<CaseResult> {
  const { clickhouse, compiled, metrics, doors } = bench
  const uncounted: Uncounted[] = []
  for (const [source, events] of Object.entries(test.events))
    uncounted.push(...(await doors.get(source)!.store(events, startMs, `test-${number}-${source}`)))
  const found = await Promise.all(
    test.expect.map(each => differenceOf(clickhouse, compiled.model, metrics.get(each.metric)!, each, startMs)),
  )
  const diff = found.filter(each => each !== undefined)
  return { ...placeOf(test.span), name: test.name, ok: diff.length === 0, diff, uncounted }
}

const metricsOf = ({ model, service }: Compiled): Map<string, TestedMetric> =>
  new Map(
    model.metrics.map(declared => {
      const compiled = service.metrics.find(({ name }) => name === declared.name)!
      return [declared.name, { declared, compiled }]
    }),
  )

const doorsOf = (clickhouse: ClickHouse, { service }: Compiled): Map<string, FrontDoor> =>
  new Map(service.sources.map(source => [source.name, createFrontDoor(clickhouse, service.database, source)]))

/** What events flow through: no view reads or writes anything that a value comes from. */
const filled = ({ resources, model }: Compiled) => {
  const raw = new Set(model.sources.map(({ table }) => `clickhouse.table/${table}`))
  return resources.filter(({ id, kind }) => kind === 'clickhouse.rollup' || raw.has(id))
}

async function createAll(clickhouse: ClickHouse, compiled: Compiled): Promise<void> {
  const database = compiled.resources.filter(({ kind }) => kind === 'clickhouse.database')
  const raw = filled(compiled).filter(({ kind }) => kind === 'clickhouse.table')
  const rollups = filled(compiled).filter(({ kind }) => kind === 'clickhouse.rollup')
  for (const resource of [...database, ...raw, ...rollups])
    for (const sql of statementsOf(resource)) await clickhouse.command(sql)
  // A case's events are as old as its start: no retention may take them away, and nothing needs to be merged.
  await clickhouse.command('SYSTEM STOP MERGES')
}

const emptyAll = async (clickhouse: ClickHouse, compiled: Compiled): Promise<void> => {
  for (const resource of filled(compiled)) {
    const name = resource.id.slice(resource.kind.length + 1)
    await clickhouse.command(`TRUNCATE TABLE ${qualified(compiled.model.project, name)} SYNC`)
  }
}

async function startOf(clickhouse: ClickHouse, timezone: string): Promise<number> {
  const [row] = await clickhouse.query<{ s: string }>(
    'SELECT toUnixTimestamp(toDateTime({start:String}, {zone:String})) AS s',
    { start: START, zone: timezone },
  )
  return Number(row!.s) * 1000
}
