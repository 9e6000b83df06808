import { fileURLToPath } from 'node:url'
import type { ClickHouseOptions } from '../clients/clickhouse.js'
import { CliError } from './errors.js'

/** The embedded stack in this process: ClickHouse in a child, the service here. */
export interface Stack {
  readonly url: string
  readonly clickhouse: Required<Pick<ClickHouseOptions, 'url' | 'username' | 'password'>>
  readonly clickhouseVersion: string
  /** Settles, with what to say, when ClickHouse has ended by itself. */
  readonly lost: Promise<CliError>
  /** Ends the service, then ClickHouse; nothing acknowledged is lost. */
  stop(): Promise<void>
}

export interface StackOptions {
  /** The folder of metrics.yaml. */
  readonly dir: string
  readonly project: string
  readonly port: number
  readonly log: (message: string) => void
}

/** Where the built dashboard page lies in the package. */
export const webDir = fileURLToPath(new URL('../web/', import.meta.url))

/** Starts ClickHouse and the service for one metrics file, and announces them in `.rtdash/local.json`. */
export async function startStack({ dir, project, port, log }: StackOptions): Promise<Stack> {
  const { findLocal, removeLocal, stateDir, writeLocal } = await import('../embedded/local.js')
  const running = await findLocal(dir)
  if (running !== undefined) throw alreadyRunning(running.service)
  const { startClickHouse } = await import('../embedded/server.js')
  const { createClickHouse } = await import('../clients/clickhouse.js')
  const { startService } = await import('../service/server.js')
  const engine = await startClickHouse({ dir: stateDir(dir), log })
  const { url, username, password } = engine
  const clickhouse = { url, username, password }
  const client = createClickHouse(clickhouse)
  try {
    const service = await startService({
      clickhouse: client,
      database: project,
      host: '127.0.0.1',
      port,
      roles: ['ingest', 'publish', 'push'],
      stateDir: stateDir(dir),
      webDir,
      log,
    })
    writeLocal(dir, { service: { url: service.url, pid: process.pid }, clickhouse, startedAt: Date.now(), project })
    let stopping = false
    const lost = engine.exited.then(() => (stopping ? new Promise<never>(() => {}) : engineLost()))
    const stop = async () => {
      stopping = true
      removeLocal(dir)
      await service.stop()
      await client.close()
      await engine.stop()
    }
    return { url: service.url, clickhouse, clickhouseVersion: engine.version, lost, stop }
  } catch (error) {
    await client.close()
    await engine.stop()
    throw portTaken(error, port)
  }
}

export const alreadyRunning = ({ url, pid }: { url: string; pid: number }): CliError =>
  new CliError(
    'already-running',
    `the local stack of this folder runs already: ${url} (pid ${pid})`,
    'use that one, or end it with: rtdash down',
  )

const engineLost = (): CliError =>
  new CliError('engine-lost', 'ClickHouse has ended by itself', 'start again: everything acknowledged is kept')

function portTaken(error: unknown, port: number): unknown {
  if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') return error
  return new CliError('port-taken', `port ${port} is taken`, '--port 0 takes a free one, --port N another')
}
