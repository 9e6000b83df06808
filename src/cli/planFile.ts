import { readFile, writeFile } from 'node:fs/promises'
import type { Plan } from '../model/plan.js'
import { CliError } from './errors.js'

const format = 'rtdash-plan/1'

/** Saves a plan for a later `apply FILE`. */
export async function writePlanFile(path: string, plan: Plan): Promise<void> {
  await writeFile(path, `${JSON.stringify({ format, ...plan }, null, 2)}\n`)
}

/** What a saved plan stood for: its target, and the fingerprint that the live system must still have. */
export async function readPlanFile(path: string): Promise<{ target: string; fingerprint: string }> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new CliError('file-not-found', `no plan ${path}`, 'rtdash plan -o FILE saves one')
  })
  try {
    const saved: unknown = JSON.parse(text)
    if (isSaved(saved)) return saved
  } catch {
    // Said below: not a plan, whatever it is.
  }
  throw new CliError('not-a-plan', `${path} is not a saved plan`, 'rtdash plan -o FILE saves one')
}

const isSaved = (value: unknown): value is { target: string; fingerprint: string } =>
  typeof value === 'object' &&
  value !== null &&
  'format' in value &&
  value.format === format &&
  'target' in value &&
  typeof value.target === 'string' &&
  'fingerprint' in value &&
  typeof value.fingerprint === 'string'
