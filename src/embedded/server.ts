import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClickHouse } from '../clients/clickhouse.js'
import { configXml, usersXml } from './configuration.js'
import { forgetUncommitted } from './deduplicationLogs.js'
import { AlreadyRunningError, EngineFailedError } from './errors.js'
import { processExists, readJson, writePrivate } from './files.js'
import { PINNED, requirePlatform, unpinned } from './platform.js'
import { type EngineProcess, type Exit, isFolderTaken, startEngine } from './process.js'
import { readOrMakeSecret, type Secret } from './secret.js'

export interface EmbeddedClickHouse {
  /** `http://127.0.0.1:<port>` */
  url: string
  username: string
  password: string
  /** An account that may read everything and change nothing. */
  reader: { username: string; password: string }
  pid: number
  version: string
  /** Ends it after what it is doing; nothing acknowledged is lost. */
  stop(): Promise<void>
  /** Settles when the process has ended, by stop() or by itself. */
  exited: Promise<Exit>
}

export interface StartOptions {
  /** The folder for everything (`.rtdash`): data in `clickhouse/`, configuration and password in `server/`. */
  dir: string
  log?: (message: string) => void
}

interface Running {
  pid: number
  startedAt: number
  url: string
}

/** How long a folder may stay taken by a process that does not answer: a killed engine needs a moment to die. */
const TAKEN_PATIENCE = 8000

/**
 * Starts ClickHouse in a child process on a free loopback port. Throws AlreadyRunningError when another process serves
 * the folder, EngineUnavailableError where the engine cannot run, EngineFailedError when it does not come up.
 */
export async function startClickHouse({ dir, log = () => {} }: StartOptions): Promise<EmbeddedClickHouse> {
  requirePlatform()
  const { data, run, config, users, running } = layout(dir)
  mkdirSync(run, { recursive: true, mode: 0o700 })
  mkdirSync(data, { recursive: true, mode: 0o700 })
  const secret = readOrMakeSecret(join(run, 'secret.json'))
  await refuseIfAnswering(dir, running, secret)
  removeLeftovers(run)
  writePrivate(config, configXml(run))
  writePrivate(users, usersXml(secret))

  const startedAt = Date.now()
  const engine = await startOrSayWho(dir, { config, data, run }, running, secret)
  const url = `http://127.0.0.1:${engine.port}`
  try {
    const version = await selfCheck(url, secret)
    for (const found of version.startsWith(PINNED.engine) ? unpinned() : [`ClickHouse ${version}`, ...unpinned()])
      log(`warning: rtdash was not tested with ${found}`)
    writePrivate(running, { pid: engine.pid, startedAt, url } satisfies Running)
    const exited = engine.exited.then(exit => {
      if (readJson<Running>(running)?.pid === engine.pid) rmSync(running, { force: true })
      return exit
    })
    const stop = () => engine.stop().then(() => void exited)
    log(`ClickHouse ${version} at ${url}, ready in ${Date.now() - startedAt} ms (pid ${engine.pid})`)
    return { url, ...secret, pid: engine.pid, version, stop, exited }
  } catch (error) {
    await engine.stop()
    throw error
  }
}

function layout(dir: string) {
  const run = join(resolve(dir), 'server')
  const data = join(resolve(dir), 'clickhouse')
  return {
    run,
    data,
    config: join(run, 'config.xml'),
    users: join(run, 'users.xml'),
    running: join(run, 'running.json'),
  }
}

/** The engine's own lock decides who has the folder; this only finds out whom to name. */
async function startOrSayWho(
  dir: string,
  files: { config: string; data: string; run: string },
  running: string,
  secret: Secret,
): Promise<EngineProcess> {
  const deadline = Date.now() + TAKEN_PATIENCE
  for (;;) {
    try {
      forgetUncommitted(files.data)
      return await startEngine(files)
    } catch (error) {
      if (!isFolderTaken(error)) throw error
      await refuseIfAnswering(dir, running, secret)
      if (Date.now() > deadline) throw new AlreadyRunningError(dir, undefined)
      await sleep(200)
    }
  }
}

/** A process id may be another program's by now, so only a server that accepts this folder's password counts. */
async function refuseIfAnswering(dir: string, file: string, secret: Secret): Promise<void> {
  const running = readJson<Running>(file)
  if (!running || !processExists(running.pid)) return
  const client = createClickHouse({ url: running.url, ...secret, timeout: 2000 })
  const answers = await client.query('SELECT 1').then(
    () => true,
    () => false,
  )
  await client.close()
  if (answers) throw new AlreadyRunningError(dir, running)
}

/** A killed process leaves its FIFO and port file behind. */
function removeLeftovers(run: string): void {
  for (const name of readdirSync(run)) {
    const pid = /^(?:hold|port)-(\d+)$/.exec(name)?.[1]
    if (pid && !processExists(Number(pid))) rmSync(join(run, name), { force: true })
  }
}

/** The entry point is undocumented, so each start proves that it can write, read and answer. Returns the version. */
async function selfCheck(url: string, secret: Secret): Promise<string> {
  const client = createClickHouse({ url, ...secret, timeout: 30_000 })
  try {
    await client.command('CREATE DATABASE IF NOT EXISTS _rtdash_check ENGINE = Atomic')
    await client.command('CREATE OR REPLACE TABLE _rtdash_check.t (a UInt64) ENGINE = MergeTree ORDER BY a')
    await client.insert('_rtdash_check.t', '{"a":"1"}\n{"a":"41"}\n', 'JSONEachRow')
    const [row] = await client.query<{ v: string; s: string }>(
      'SELECT version() AS v, sum(a) AS s FROM _rtdash_check.t',
    )
    await client.command('DROP DATABASE _rtdash_check SYNC')
    if (row?.s !== '42') throw new Error(`a sum of 42 came back as ${row?.s}`)
    return row.v
  } catch (error) {
    const versions = unpinned()
    throw new EngineFailedError(
      `ClickHouse started but failed its check: ${(error as Error).message}` +
        (versions.length ? ` Not the tested versions: ${versions.join(', ')}; install them again with npm ci.` : ''),
    )
  } finally {
    await client.close()
  }
}
