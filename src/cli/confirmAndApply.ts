import { planText } from '../format/plan.js'
import type { Account } from '../ledger/ledger.js'
import type { Plan } from '../model/plan.js'
import { applyChanges, changedMeanwhile } from './applyChanges.js'
import { confirm, refuseDestructive } from './confirm.js'
import type { CliError } from './errors.js'
import type { ExitCode } from './exitCodes.js'
import type { LivePlan } from './livePlan.js'
import type { LockFlags } from './lockFlags.js'
import type { Output } from './output.js'
import { nothingApplied, tellApplied } from './tellApplied.js'

export interface Consent extends LockFlags {
  readonly yes: boolean
  readonly 'allow-destructive': boolean
  readonly verbose: boolean
}

/** Shows a plan, has it confirmed, applies it and tells how it went. `outdated`: just this plan, or this error. */
export async function confirmAndApply(
  live: LivePlan,
  { flags, account, outdated }: { flags: Consent; account: () => Promise<Account>; outdated?: CliError | undefined },
  output: Output,
): Promise<ExitCode> {
  const { plan } = live
  const allowDestructive = flags['allow-destructive']
  const show = (shown: Plan): void => {
    if (shown.changes.length > 0) output.note(planText(shown, output.noteStyle, { statements: flags.verbose }))
    if (!allowDestructive) refuseDestructive(shown)
  }
  show(plan)
  if (plan.changes.length === 0 && flags['force-unlock'] === undefined) return tellApplied(nothingApplied, output)
  if (plan.changes.length > 0 && !flags.yes) await confirm('Apply these changes?')
  const request = {
    account: await account(),
    allowDestructive,
    lock: flags,
    again: live.again,
    onOther: (other: Plan): void => {
      if (outdated !== undefined) throw outdated
      if (!flags.yes) throw changedMeanwhile()
      output.note('the live system has changed meanwhile; this is the plan now:')
      show(other)
    },
  }
  return tellApplied(await applyChanges(live, plan, request, output), output)
}
