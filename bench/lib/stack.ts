import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { type ClickHouse, createClickHouse } from '../../src/clients/clickhouse.js'

const run = fileURLToPath(new URL('../../bin/run.js', import.meta.url))

/** A local stack as a user has it: `up` in a process of its own, a file applied. */
export interface BenchStack {
  readonly dir: string
  readonly url: string
  readonly pid: number
  readonly clickhouse: ClickHouse
  apply(metricsYaml: string): Promise<void>
  stop(): Promise<void>
}

export async function startStack(metricsYaml: string): Promise<BenchStack> {
  const dir = mkdtempSync(join(tmpdir(), 'rtdash-bench-'))
  const file = join(dir, 'metrics.yaml')
  const rtdash = (...args: string[]) => execa(process.execPath, [run, ...args, '-f', file])
  writeFileSync(file, metricsYaml)
  await rtdash('up', '--detach', '--port', '0')
  const local = JSON.parse(readFileSync(join(dir, '.rtdash', 'local.json'), 'utf8')) as {
    service: { url: string; pid: number }
    clickhouse: { url: string; username: string; password: string }
  }
  const clickhouse = createClickHouse({ ...local.clickhouse, timeout: 600_000 })
  const apply = async (yaml: string): Promise<void> => {
    writeFileSync(file, yaml)
    await rtdash('apply', '--yes', '--allow-destructive')
    await configured(local.service.url)
  }
  await apply(metricsYaml)
  return {
    dir,
    url: local.service.url,
    pid: local.service.pid,
    clickhouse,
    apply,
    async stop() {
      await clickhouse.close()
      await rtdash('down')
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** The service polls for its configuration: a moment later it has it. */
async function configured(url: string): Promise<void> {
  await new Promise(resolve => setTimeout(resolve, 1200))
  const health = (await (await fetch(`${url}/healthz`)).json()) as { config?: string }
  if (!health.config) throw new Error('the service has no configuration')
}
