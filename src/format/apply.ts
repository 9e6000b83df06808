import type { ChangeResult } from '../model/plan.js'
import { counted } from './counted.js'
import { duration } from './quantity.js'
import type { Style } from './style.js'

/** One line for a change that has been made, or has failed. */
export function resultText(result: ChangeResult, style: Style): string {
  const mark = result.ok ? style.green('✓') : style.red('✗')
  const error = result.error === undefined ? '' : `\n    ${result.error}`
  return `${mark} ${result.action} ${result.id} ${style.dim(duration(result.ms))}${error}`
}

/** The last line of an apply. */
export function applySummary(results: readonly ChangeResult[], style: Style): string {
  const failed = results.filter(({ ok }) => !ok).length
  if (failed > 0) return style.red(`${counted(failed, 'change')} failed, ${results.length - failed} made`)
  return results.length === 0 ? 'nothing to do' : style.green(`${counted(results.length, 'change')} made`)
}

/** The last lines of an apply that was interrupted: how far it came, and how it goes on. */
export function interruptedSummary(results: readonly ChangeResult[], style: Style): string {
  const made = results.filter(({ ok }) => ok).length
  const waiting = results.filter(({ error }) => error?.startsWith('not started')).length
  const stopped = results.filter(({ ok, error }) => !ok && !error?.startsWith('not started'))
  if (made === results.length) return style.yellow(`interrupted when all was done: ${counted(made, 'change')} made`)
  const where = stopped.map(({ action, id, error }) => `\n  stopped at ${action} ${id}: ${error}`).join('')
  return `${style.yellow(`interrupted: ${counted(made, 'change')} made, ${waiting} not started`)}${where}\nrun it again: it goes on from there`
}
