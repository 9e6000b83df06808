import { createApi } from './api.js'
import { applyReviewed } from './apply.js'
import { readContext } from './context.js'
import { diffPull } from './diff.js'
import { setOutputs } from './job.js'
import { readOptions } from './options.js'
import { planPull } from './plan.js'
import { findReviewed } from './reviewed.js'

const usage = 'one of: plan, diff, reviewed, apply'

/** The steps of the GitHub action (action.yml), each with its inputs in the environment. Yields the exit code. */
export async function main([step]: readonly string[]): Promise<number> {
  const context = readContext(process.env)
  const options = readOptions(process.env)
  switch (step) {
    case 'plan':
      return planPull(context, options)
    case 'diff':
      return diffPull(context, options)
    case 'reviewed': {
      const found = await findReviewed(createApi(context), { ...context, target: options.target })
      setOutputs(process.env, {
        'run-id': found?.runId?.toString(),
        artifact: found?.artifact,
        'allow-destructive': found?.allowDestructive.toString(),
      })
      return 0
    }
    case 'apply':
      return applyReviewed(options)
    default:
      throw new Error(`no step ${step ?? ''}: ${usage}`)
  }
}
