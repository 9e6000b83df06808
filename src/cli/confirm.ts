import type { Plan } from '../model/plan.js'
import { ask } from './ask.js'
import { CliError } from './errors.js'

/** Throws unless somebody says yes. */
export async function confirm(question: string): Promise<void> {
  const answer = await ask(question)
  if (answer === undefined)
    throw new CliError('not-confirmed', 'nobody is there to confirm', '--yes applies without asking')
  if (!answer) throw new CliError('not-confirmed', 'not confirmed: nothing was changed')
}

/** Throws, and names them one by one, when the plan has changes that lose data. */
export function refuseDestructive(plan: Plan): void {
  const destructive = plan.changes.filter(change => change.risk === 'destructive')
  if (destructive.length === 0) return
  const named = destructive.map(({ action, id, reason }) => `\n  ${action} ${id}: ${reason}`).join('')
  throw new CliError('destructive', `this would lose data:${named}`, '--allow-destructive does it all the same')
}
