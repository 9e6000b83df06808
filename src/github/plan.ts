import { formatGithub } from '../diagnostics/github.js'
import { prose } from '../format/markdown.js'
import { ALLOW_DESTRUCTIVE, type Context } from './context.js'
import { annotate, setOutputs } from './job.js'
import type { Options } from './options.js'
import { publish } from './publish.js'
import { artifactOf } from './reviewed.js'
import { makePlan } from './savedPlan.js'

/** On a pull request: the plan as a comment, kept for the merge. Fails where data would be lost and nobody allowed it. */
export async function planPull(context: Context, options: Options): Promise<number> {
  const { target, planPath } = options
  const planned = await makePlan(options)
  if (planned === undefined) {
    await publish(
      context,
      target,
      `### Plan for ${prose(target)}\n\nThe plan could not be made: the job's log says why.\n`,
    )
    return 1
  }
  if (planned.findings.length > 0) console.log(formatGithub(planned.findings))
  const sha = context.pull?.headSha ?? context.sha
  const allowed = context.pull?.labels.includes(ALLOW_DESTRUCTIVE) ?? false
  const refused = planned.destructive > 0 && !allowed
  const remark = refused ? REFUSED : planned.destructive > 0 ? ALLOWED : ''
  const footer = planned.empty
    ? ''
    : `\n<sub>Plan ${planned.fingerprint} of commit ${sha.slice(0, 7)}: merging applies just this.</sub>\n`
  await publish(context, target, `${planned.markdown}${remark}${footer}`)
  setOutputs(process.env, refused ? {} : { plan: planPath, artifact: artifactOf(target, sha) })
  if (refused) annotate('error', 'destructive', 'this pull request would lose data, and nobody has allowed it')
  return refused ? 1 : 0
}

const REFUSED = `\n**Refused: this would lose data.** Where that is meant, the label \`${ALLOW_DESTRUCTIVE}\` says so.\n`
const ALLOWED = `\nThe label \`${ALLOW_DESTRUCTIVE}\` lets this lose data.\n`
