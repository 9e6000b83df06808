import type { Change } from '../model/plan.js'
import { differences } from './differences.js'
import { block, code, prose, shortened } from './markdown.js'
import { impactText } from './planSummary.js'

/** A change as a row of a table: action, what, risk, why, touches. */
export function rowText({ id, action, risk, reason, impact }: Change): string {
  const strong = risk === 'safe' ? 'safe' : `**${risk}**`
  return `| ${action} | ${code(shortened(id, 200))} | ${strong} | ${prose(shortened(reason, 300))} | ${impact ? impactText(impact) : ''} |`
}

/** What a change runs, and what differs where both sides are known; empty where its reason says it all. */
export function detailText({ id, risk, steps, before, after }: Change): string {
  const statements = steps.map(step => step.sql ?? `-- ${step.title.replace(/\s+/g, ' ')}`).join(';\n')
  // What a safe change does that runs no statement is said by its reason.
  const told = risk !== 'safe' || steps.some(step => step.sql !== undefined)
  const lines = before && after ? differences(before.spec, after.spec).map(line => shortened(line, 200)) : []
  if (!told && lines.length === 0) return ''
  return [
    `**${code(shortened(id, 200))}**`,
    ...(told && statements !== '' ? [block(shortened(statements, 3000), 'sql')] : []),
    ...(lines.length === 0 ? [] : [block(lines.join('\n'), 'diff')]),
  ].join('\n\n')
}
