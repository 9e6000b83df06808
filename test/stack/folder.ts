import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** An engine's folder: the one asked for, which stays, or one in the temporary folder that remove() takes away. */
export function engineFolder(name: string, dir?: string): { dir: string; remove(): void } {
  if (dir !== undefined) {
    mkdirSync(dir, { recursive: true })
    return { dir, remove: () => {} }
  }
  const own = mkdtempSync(join(tmpdir(), `rtdash-${name}-`))
  return { dir: own, remove: () => rmSync(own, { recursive: true, force: true, maxRetries: 3 }) }
}
