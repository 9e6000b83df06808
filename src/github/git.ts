import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Runs git here; its stdout. Throws with what it says. */
export async function git(...args: readonly string[]): Promise<string> {
  const { stdout } = await run('git', [...args])
  return stdout
}
