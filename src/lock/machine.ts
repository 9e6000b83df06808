import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { contentHash } from '../naming.js'
import type { Holder } from './held.js'

/** This running system and this namespace of processes, in which a pid stands for one process; undefined where unknown. */
export function thisMachine(): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return contentHash([boot, readlinkSync('/proc/self/ns/pid'), hostname()].join(' '))
  } catch {
    return undefined
  }
}

/** A holder that ran here and whose process has ended: its lock needs no waiting. */
export function hasEnded({ machine, pid }: Holder): boolean {
  if (machine === undefined || machine !== thisMachine()) return false
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}
