import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../bin/run.js', import.meta.url))

export interface Run {
  readonly stdout: string
  readonly stderr: string
  readonly code: number
}

/** Runs the built program and waits for its end, whatever its exit code. */
export function rtdash(args: readonly string[], options: { cwd: string; env?: Record<string, string> }): Promise<Run> {
  const { NODE_ENV: _, FORCE_COLOR: __, NO_COLOR: ___, ...inherited } = process.env
  const env = { ...inherited, OCLIF_COLUMNS: '100', ...options.env }
  return new Promise((resolve, reject) => {
    const child = execFile(process.execPath, [program, ...args], { cwd: options.cwd, env }, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== 'number') reject(error)
      else resolve({ stdout, stderr, code: child.exitCode ?? 0 })
    })
    child.stdin?.end()
  })
}
