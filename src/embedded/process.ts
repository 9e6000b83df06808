import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { EngineFailedError, EngineUnavailableError } from './errors.js'

export interface Exit {
  /** null when a signal ended it. */
  code: number | null
  reason: string
}

export interface EngineProcess {
  pid: number
  port: number
  exited: Promise<Exit>
  stop(): Promise<void>
}

/** What the engine says when another process has the folder (its own lock, freed by the kernel with the process). */
export const isFolderTaken = (error: unknown) =>
  error instanceof EngineFailedError && /\bCode: 76\b/.test(error.message)

const NO_LIBRARY = 3
const START_TIMEOUT = 60_000
const STOP_TIMEOUT = 20_000

/** Starts the child that is ClickHouse and waits until it serves HTTP on a free loopback port. */
export async function startEngine(files: { config: string; data: string; run: string }): Promise<EngineProcess> {
  const script = fileURLToPath(new URL('./child.js', import.meta.url))
  // A group of its own: Ctrl-C reaches only us, who stop it after the last inserts. Its stdin ends with us in any case.
  const child = spawn(process.execPath, [script, JSON.stringify(files)], {
    stdio: 'pipe',
    detached: true,
    env: { ...process.env, TZ: 'UTC' }, // clickhouse-local has no other way to set the server's time zone
  })
  child.stdin.on('error', () => {}) // it may be gone already
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk).slice(-4000)
  })
  const exited = waitForExit(child, () => said.replace(/, Stack trace[\s\S]*/, '').trim())
  const started = await Promise.race([announcedPort(child), exited, expiry(START_TIMEOUT)])
  if (typeof started === 'number')
    return { pid: child.pid!, port: started, exited, stop: () => stopEngine(child, exited) }
  if (started === undefined) {
    child.kill('SIGKILL')
    throw new EngineFailedError(`ClickHouse did not start within ${START_TIMEOUT / 1000} s. ${said}`)
  }
  if (started.code === NO_LIBRARY) throw new EngineUnavailableError(`its library does not load: ${started.reason}`)
  throw new EngineFailedError(`ClickHouse did not start: ${started.reason}`)
}

async function stopEngine(child: ChildProcess, exited: Promise<Exit>): Promise<void> {
  child.stdin?.end()
  const gone = await Promise.race([exited, expiry(STOP_TIMEOUT)])
  if (gone) return
  child.kill('SIGKILL')
  await exited
}

function announcedPort(child: ChildProcess): Promise<number> {
  return new Promise(resolve => {
    let text = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      text = (text + chunk).slice(-1000)
      const port = /^port (\d+)\n/m.exec(text)?.[1]
      if (port) resolve(Number(port))
    })
  })
}

async function waitForExit(child: ChildProcess, said: () => string): Promise<Exit> {
  const [code, signal] = (await once(child, 'close').catch(error => [null, String(error)])) as [
    number | null,
    string | null,
  ]
  return { code, reason: said() || (signal ? `ended by ${signal}` : `ended with code ${code}`) }
}

function expiry(ms: number): Promise<undefined> {
  return new Promise(resolve => setTimeout(resolve, ms, undefined).unref())
}
