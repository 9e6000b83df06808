import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'

/** Writes JSON (or text as it is) with mode 600, by rename, so that a reader sees the old or the new file, never half of one. */
export function writePrivate(path: string, content: object | string): void {
  const text = typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`
  const draft = `${path}.${process.pid}.tmp`
  try {
    writeFileSync(draft, text, { mode: 0o600, flush: true })
    renameSync(draft, path)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
}

/** The JSON in a file, or undefined when the file is missing or is not JSON. */
export function readJson<T>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T
  } catch {
    return undefined
  }
}

/** Whether a process with this id exists now; ids are reused, so this alone never proves which process it is. */
export function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
