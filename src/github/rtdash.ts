import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export interface Ran {
  readonly code: number
  readonly stdout: string
}

const program = fileURLToPath(new URL('../../bin/run.js', import.meta.url))

/** Runs our own command line; what it says on stderr goes to the job's log. */
export function rtdash(args: readonly string[]): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    const chunks: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.on('error', reject)
    child.on('close', code => resolve({ code: code ?? 1, stdout: Buffer.concat(chunks).toString() }))
  })
}
