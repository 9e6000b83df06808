import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createClickHouse } from '../clients/clickhouse.js'
import { processExists, readJson, writePrivate } from './files.js'

/** What a running `up` or `dev` tells other terminals. Holds a password: mode 600, in a folder of mode 700. */
export interface LocalStack {
  service: { url: string; pid: number }
  clickhouse: { url: string; username: string; password: string }
  /** Epoch milliseconds. */
  startedAt: number
  project?: string
}

/** No stack runs beside this metrics.yaml; the message names the command that starts one. */
export class NotRunningError extends Error {
  override readonly name = 'NotRunningError'
  constructor(dir: string) {
    super(`No local stack is running in ${dir}. Start it in another terminal with: rtdash up`)
  }
}

/** The folder for everything local, beside metrics.yaml: what startClickHouse takes as `dir`. */
export const stateDir = (dir: string) => join(dir, '.rtdash')

/** Announces the stack of the folder `dir`, the one that holds metrics.yaml. */
export function writeLocal(dir: string, stack: LocalStack): void {
  mkdirSync(stateDir(dir), { recursive: true, mode: 0o700 })
  writePrivate(localFile(dir), stack)
}

/** Withdraws the announcement, unless another process has made its own since. */
export function removeLocal(dir: string, pid: number = process.pid): void {
  if (readJson<LocalStack>(localFile(dir))?.service.pid === pid) rmSync(localFile(dir), { force: true })
}

/** The stack that runs beside metrics.yaml in `dir`, or undefined; a file left by a killed process does not count. */
export async function findLocal(dir: string): Promise<LocalStack | undefined> {
  const stack = readJson<LocalStack>(localFile(dir))
  if (!stack || !processExists(stack.service.pid)) return undefined
  // A process id may have been given to another program. ClickHouse dies with its service, so its answer proves both.
  const client = createClickHouse({ ...stack.clickhouse, timeout: 5000 })
  try {
    await client.ping()
    return stack
  } catch {
    return undefined
  } finally {
    await client.close()
  }
}

/** Like findLocal, but throws NotRunningError. */
export async function requireLocal(dir: string): Promise<LocalStack> {
  const stack = await findLocal(dir)
  if (!stack) throw new NotRunningError(dir)
  return stack
}

const localFile = (dir: string) => join(stateDir(dir), 'local.json')
