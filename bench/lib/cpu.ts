import { readFileSync } from 'node:fs'

const TICK_MS = 10
const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** CPU time, ms, that the whole machine has spent so far, but for these processes and those that they have started. */
export function othersCpuMs(pids: readonly number[]): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = read('/proc/stat')
    .split('\n')[0]!
    .split(/\s+/)
    .slice(1)
    .map(Number)
  const ours = pids.reduce((sum, pid) => sum + ticksOf(pid), 0)
  return (user + nice + system + irq + softirq + steal - ours) * TICK_MS
}

/** Those of a process and of its children that run. */
function ticksOf(pid: number): number {
  const fields = read(`/proc/${pid}/stat`).split(') ').at(-1)!.split(' ')
  const own = Number(fields[11] ?? 0) + Number(fields[12] ?? 0)
  const children = read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number)
  return children.reduce((sum, child) => sum + ticksOf(child), own)
}
