import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rtdash } from './rtdash.js'

const metrics = `version: 1
project: shop
sources:
  events:
    timestamp: ts
    columns:
      ts: DateTime64(3)
      event_type: LowCardinality(String)
    expect: 100/s
    retention: { raw: 90d }
metrics:
  events_per_minute: { tier: 2, measure: count(), window: 1m, refresh: 1s }
  errors: { tier: 2, measure: count(), where: event_type = 'error', window: 5m, refresh: 5s }
targets:
  local: { clickhouse: embedded }
`

/** A folder with a metrics file, and the program run in it. */
export interface TestProject {
  readonly dir: string
  run(...args: string[]): ReturnType<typeof rtdash>
  /** Runs with --json and yields the document. */
  json(...args: string[]): Promise<Record<string, unknown>>
  /** Replaces text in metrics.yaml. */
  edit(from: string, to: string): Promise<void>
  /** metrics.yaml as it is now. */
  text(): string
  remove(): Promise<void>
}

export async function createProject(): Promise<TestProject> {
  const dir = await realpath(await mkdtemp(join(tmpdir(), 'rtdash-project-')))
  const file = join(dir, 'metrics.yaml')
  let text = metrics
  await writeFile(file, text)
  const run = (...args: string[]) => rtdash(args, { cwd: dir })
  return {
    dir,
    run,
    json: async (...args) => JSON.parse((await run(...args, '--json')).stdout),
    async edit(from, to) {
      if (!text.includes(from)) throw new Error(`metrics.yaml does not hold ${from}`)
      text = text.replace(from, to)
      await writeFile(file, text)
    },
    text: () => text,
    async remove() {
      await run('down')
      await rm(dir, { recursive: true, force: true })
    },
  }
}
