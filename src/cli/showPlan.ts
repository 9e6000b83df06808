import { Flags } from '@oclif/core'
import { formatGithub } from '../diagnostics/github.js'
import { findingsText } from '../format/findings.js'
import { planText } from '../format/plan.js'
import { planMarkdown } from '../format/planMarkdown.js'
import type { Plan } from '../model/plan.js'
import type { Output } from './output.js'
import type { Review } from './reviewChange.js'

/** How plan and diff show their result. */
export const planFormatFlag = {
  format: Flags.option({ options: ['text', 'json', 'markdown', 'github'] as const })({
    description: 'json is the same as --json; markdown is for a comment, github annotates the file with the findings',
    default: 'text',
  }),
}

/** Prints a plan and what the lints say about it, in the format asked for; `--json` has its document already. */
export function showPlan(
  {
    plan,
    title,
    review: { findings, edits },
  }: { readonly plan: Plan; readonly title: string; readonly review: Review },
  flags: { readonly format: 'text' | 'json' | 'markdown' | 'github'; readonly verbose: boolean },
  output: Output,
): void {
  const { style } = output
  const all = flags.verbose
  if (flags.format === 'markdown') output.text(planMarkdown(plan, title, { findings, edits }))
  else if (flags.format === 'github') {
    if (findings.length > 0) output.text(formatGithub(findings))
  } else {
    const remarks = findings.length > 0 ? findingsText(findings, style, { all }) : undefined
    output.text(planText(plan, style, { statements: all, edits, remarks }))
  }
}
