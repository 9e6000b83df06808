import { mkdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Diagnostic } from '../model/diagnostic.js'
import type { Plan } from '../model/plan.js'
import type { Options } from './options.js'
import { rtdash } from './rtdash.js'

/** A plan of the live system as it is now: saved, and as Markdown. */
export interface Planned {
  readonly markdown: string
  readonly fingerprint: string
  readonly empty: boolean
  /** How many changes lose data. */
  readonly destructive: number
  readonly findings: readonly Diagnostic[]
}

/** Plans and saves; undefined where the plan could not be made, which the log explains. */
export async function makePlan({ file, target, planPath }: Options): Promise<Planned | undefined> {
  mkdirSync(dirname(planPath), { recursive: true })
  const { code, stdout } = await rtdash(['plan', '-f', file, '-t', target, '-o', planPath, '--format', 'markdown'])
  if (code !== 0) return undefined
  const { changes, fingerprint, findings = [] } = await readSaved(planPath)
  return {
    markdown: stdout,
    fingerprint,
    empty: changes.length === 0,
    destructive: changes.filter(({ risk }) => risk === 'destructive').length,
    findings,
  }
}

/** What `plan -o` has just written. */
const readSaved = async (path: string): Promise<Plan & { readonly findings?: readonly Diagnostic[] }> =>
  JSON.parse(await readFile(path, 'utf8'))
