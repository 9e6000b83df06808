import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { code } from '../format/markdown.js'
import type { Context } from './context.js'
import { needed } from './context.js'
import { git } from './git.js'
import type { Options } from './options.js'
import { publish } from './publish.js'
import { rtdash } from './rtdash.js'

/** On a pull request without access to the live system, as from a fork: what differs between two files. */
export async function diffPull(context: Context, { file, target }: Options): Promise<number> {
  const folder = join(needed(process.env, 'RUNNER_TEMP'), 'rtdash-base')
  await git('worktree', 'add', '--force', '--detach', folder, await baseOf(context))
  try {
    const before = join(folder, file)
    if (!existsSync(before)) {
      await publish(context, target, `### ${code(file)}\n\nIt is new: there is nothing to compare it with.\n`)
      return 0
    }
    const args = ['diff', before, file, '-t', target, '--quiet']
    const shown = await rtdash([...args, '--format', 'markdown'])
    const compared = shown.code === 0
    await publish(
      context,
      target,
      compared ? shown.stdout : `### ${code(file)}\n\nIt could not be compared: the job's log says why.\n`,
    )
    if (!compared) return 1
    process.stdout.write((await rtdash([...args, '--format', 'github'])).stdout)
    return 0
  } finally {
    await git('worktree', 'remove', '--force', folder)
  }
}

/** What the pull request is to be merged into: the first parent of the merge that was checked out for it. */
async function baseOf({ pull }: Context): Promise<string> {
  const [head, ...parents] = (await git('rev-list', '--parents', '-n', '1', 'HEAD')).trim().split(' ')
  if (parents.length === 2 && parents[1] === pull?.headSha) return parents[0] ?? ''
  return pull?.baseSha || parents[0] || head || 'HEAD'
}
