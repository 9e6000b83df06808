import { existsSync } from 'node:fs'
import { code, prose } from '../format/markdown.js'
import { summaryText } from '../format/planSummary.js'
import { duration } from '../format/quantity.js'
import type { ChangeResult } from '../model/plan.js'
import { ALLOW_DESTRUCTIVE } from './context.js'
import { annotate, summarize } from './job.js'
import type { Options } from './options.js'
import { rtdash } from './rtdash.js'
import { makePlan, type Planned } from './savedPlan.js'

/** `apply --json`, or what any command says where it could not do its work. */
type Document =
  | { readonly ok: boolean; readonly id: string; readonly results: readonly ChangeResult[] }
  | { readonly error: { readonly code: string; readonly message: string } }

/** On a merge: applies the plan that was reviewed, and nothing else. Refuses, and says what would be done now, otherwise. */
export async function applyReviewed(options: Options): Promise<number> {
  const { planPath, fingerprint } = options
  if (fingerprint === undefined && existsSync(planPath)) return applySaved(options)
  const planned = await makePlan(options)
  if (planned === undefined) return 1
  if (planned.empty) return nothingToDo(options)
  if (planned.fingerprint === fingerprint) return applySaved(options)
  return refuse(
    options,
    planned,
    fingerprint === undefined
      ? 'No plan was reviewed with this commit'
      : `The plan ${code(fingerprint)} no longer holds: the file or the live system has changed since it was made`,
  )
}

async function applySaved(inputs: Options): Promise<number> {
  const { file, target, planPath, allowDestructive } = inputs
  // Somebody may be applying from a terminal just now.
  const options = ['--yes', '--json', '--lock-timeout', '10m', ...(allowDestructive ? ['--allow-destructive'] : [])]
  const { code: exit, stdout } = await rtdash(['apply', planPath, '-f', file, '-t', target, ...options])
  const document = JSON.parse(stdout) as Document
  if (!('error' in document)) {
    summarize(process.env, resultText(target, document.results))
    return exit
  }
  const { error } = document
  annotate('error', error.code, error.message)
  if (error.code !== 'plan-outdated' && error.code !== 'destructive') {
    summarize(process.env, `### Nothing was applied to ${prose(target)}\n\n${prose(error.message)}\n`)
    return 1
  }
  const planned = await makePlan(inputs)
  if (planned?.empty) return nothingToDo(inputs)
  return refuse(
    inputs,
    planned,
    error.code === 'destructive'
      ? 'It would lose data, and nobody has allowed that'
      : 'The plan that was reviewed no longer holds: the file or the live system has changed since it was made',
  )
}

function refuse({ target }: Options, planned: Planned | undefined, why: string): number {
  const allow = planned?.destructive ? ` and ${code(ALLOW_DESTRUCTIVE)} ticked` : ''
  const way = planned
    ? `\n\nThis is what would be done now. To do just that, run this workflow by hand with the fingerprint ${code(planned.fingerprint)}${allow}.\n\n${planned.markdown}`
    : '\n'
  summarize(process.env, `### Nothing was applied to ${prose(target)}\n\n${why}.${way}`)
  annotate('error', 'not applied', `${why.replaceAll('`', '')}: see the summary of this job`)
  return 1
}

function nothingToDo({ target }: Options): number {
  summarize(process.env, `### ${prose(target)} is up to date\n\nThere was nothing to apply.\n`)
  return 0
}

function resultText(target: string, results: readonly ChangeResult[]): string {
  const failed = results.filter(({ ok }) => !ok)
  const done = results.filter(({ ok }) => ok)
  const ms = results.reduce((sum, result) => sum + result.ms, 0)
  const lines = failed.map(({ action, id, error }) => `- **${action}** ${code(id)}: ${prose(error ?? 'failed')}`)
  const heading = failed.length > 0 ? `### Not all was applied to ${prose(target)}` : `### Applied to ${prose(target)}`
  const did =
    done.length > 0
      ? `Done in ${duration(ms)} of work: ${summaryText(done).replaceAll(' to ', ' × ')}.`
      : 'Nothing was done.'
  return `${[heading, did, ...(lines.length > 0 ? [lines.join('\n')] : [])].join('\n\n')}\n`
}
