import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { storefront } from './lib/metrics.js'
import { table } from './lib/print.js'
import { type BenchStack, startStack } from './lib/stack.js'

/** Resident memory of the whole local stack (service and ClickHouse), idle and under load. Linux only: read from /proc. */
export async function benchMemory(): Promise<void> {
  const stack = await startStack(storefront())
  try {
    await new Promise(resolve => setTimeout(resolve, 5000))
    const idle = await resident(stack)
    const run = fileURLToPath(new URL('../bin/run.js', import.meta.url))
    const load = execa(
      process.execPath,
      [run, 'simulate', '--rate', '10000', '--duration', '30s', '-f', `${stack.dir}/metrics.yaml`, '--json'],
      { reject: false },
    )
    let busy = idle
    for (let i = 0; i < 28; i++) {
      await new Promise(resolve => setTimeout(resolve, 1000))
      const now = await resident(stack)
      if (now.service + now.clickhouse > busy.service + busy.clickhouse) busy = now
    }
    await load
    table(
      'Memory of the local stack (resident, MB)',
      ['', 'service', 'ClickHouse', 'together'],
      [
        ['idle', idle.service, idle.clickhouse, idle.service + idle.clickhouse],
        ['10,000 events/s, most seen', busy.service, busy.clickhouse, busy.service + busy.clickhouse],
      ],
    )
  } finally {
    await stack.stop()
  }
}

interface Resident {
  service: number
  clickhouse: number
}

async function resident(stack: BenchStack): Promise<Resident> {
  const { stdout } = await execa('ps', ['-o', 'pid=', '--ppid', String(stack.pid)], { reject: false })
  const children = stdout.split('\n').map(Number).filter(Boolean)
  return { service: megabytes(stack.pid), clickhouse: children.reduce((sum, pid) => sum + megabytes(pid), 0) }
}

const megabytes = (pid: number): number =>
  Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024)
