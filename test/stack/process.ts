import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

export interface EngineProcess {
  readonly pid: number
  /** Asks it to end, and ends it after a while. */
  stop(): Promise<void>
  /** kill -9. Resolves when it is gone. */
  kill(): Promise<void>
}

export interface Command {
  /** What error messages call it. */
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  /** Variables of the environment beside our own. */
  readonly env?: Readonly<Record<string, string>>
  /** A file that its output is appended to. */
  readonly log: string
  /** Asked again and again; given what it has written since this start. */
  readonly ready: (said: string) => Promise<boolean>
}

const START_TIMEOUT = 90_000
const STOP_TIMEOUT = 15_000

const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Starts a program and waits until it is ready. Throws with the end of its log when it ends before or takes too long. */
export async function startProcess({ name, command, args, env, log, ready }: Command): Promise<EngineProcess> {
  // Where Linux can, the kernel kills it when we are killed. A group of its own: Ctrl-C reaches only us, who stop it.
  const words = process.platform === 'linux' ? ['setpriv', '--pdeathsig', 'KILL', command, ...args] : [command, ...args]
  const output = openSync(log, 'a')
  const before = fstatSync(output).size
  const said = () => readFileSync(log).subarray(before).toString()
  const stdio = ['ignore', output, output] as const
  const child = spawn(words[0]!, words.slice(1), { stdio: [...stdio], detached: true, env: { ...process.env, ...env } })
  closeSync(output)
  running.add(child)
  const gone = once(child, 'exit').then(
    () => true,
    () => true,
  )
  void gone.then(() => running.delete(child))

  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    child.kill(signal)
    if (await Promise.race([gone, sleep(STOP_TIMEOUT, false, { ref: false })])) return
    child.kill('SIGKILL')
    await gone
  }
  const deadline = Date.now() + START_TIMEOUT
  while (!(await ready(said()).catch(() => false))) {
    const ended = await Promise.race([gone, sleep(50, false)])
    if (!ended && Date.now() < deadline) continue
    await end('SIGKILL')
    const why = ended ? 'ended at its start' : `was not ready after ${START_TIMEOUT / 1000} s`
    throw new Error(`${name} ${why}. The end of its log:\n${said().slice(-3000)}`)
  }
  return { pid: child.pid!, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') }
}
