import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { findLocal, type LocalStack, stateDir } from '../embedded/local.js'
import { CliError } from './errors.js'
import { alreadyRunning } from './stack.js'

const program = fileURLToPath(new URL('../../bin/run.js', import.meta.url))

/** Starts `up` as a process of its own and returns once it serves; when it ends before that, its log says why. */
export async function startDetached(options: {
  readonly dir: string
  readonly file: string
  readonly target: string
  readonly port: number
}): Promise<LocalStack> {
  const { dir, file, target, port } = options
  const running = await findLocal(dir)
  if (running !== undefined) throw alreadyRunning(running.service)
  mkdirSync(stateDir(dir), { recursive: true, mode: 0o700 })
  const path = join(stateDir(dir), 'up.log')
  const log = openSync(path, 'w', 0o600)
  const child = spawn(process.execPath, [program, 'up', '-f', file, '-t', target, '--port', String(port)], {
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, NO_COLOR: '1' },
  })
  closeSync(log)
  const ended = once(child, 'exit').then(() => true)
  for (;;) {
    if (await Promise.race([ended, sleep(100, false)])) {
      throw new CliError(
        'not-started',
        readFileSync(path, 'utf8').trim() || 'the stack ended at once',
        `the whole log: ${path}`,
      )
    }
    const stack = await findLocal(dir)
    if (stack === undefined || stack.service.pid !== child.pid) continue
    child.unref()
    return stack
  }
}
