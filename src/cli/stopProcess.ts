import { setTimeout as sleep } from 'node:timers/promises'
import { CliError } from './errors.js'

/** Asks a process to end and waits until it has; throws when it still runs after `patienceMs`. */
export async function stopProcess(pid: number, patienceMs = 30_000): Promise<void> {
  const deadline = Date.now() + patienceMs
  if (!signalled(pid, 'SIGTERM')) return
  while (Date.now() < deadline) {
    if (!signalled(pid, 0)) return
    await sleep(50)
  }
  throw new CliError('still-running', `process ${pid} has not ended`, `look at it, then end it with: kill -9 ${pid}`)
}

/** Sends a signal (0 only asks whether it is there); false when there is no such process. */
function signalled(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
    throw error
  }
}
