import { execFile } from 'node:child_process'
import { hostname, userInfo } from 'node:os'
import { promisify } from 'node:util'

type Environment = Readonly<Record<string, string | undefined>>

/** Who applies, and from what. */
export interface Provenance {
  /** `user@host`, or the account that a CI names. */
  readonly who: string
  /** The commit that is checked out. */
  readonly commit?: string
  /** Whether the files that are applied differ from that commit. */
  readonly dirty?: boolean
  /** Where the CI shows the run. */
  readonly run?: string
}

/** Of the files in `dir`. RTDASH_ACTOR, RTDASH_COMMIT and RTDASH_RUN_URL come first, then the work tree, then what a CI sets. */
export async function provenanceOf(dir: string, files: readonly string[], env: Environment): Promise<Provenance> {
  const tree = await workTree(dir, files)
  const commit = env.RTDASH_COMMIT || tree?.commit || env.GITHUB_SHA || env.CI_COMMIT_SHA
  const run = env.RTDASH_RUN_URL || githubRun(env) || env.CI_JOB_URL
  return {
    who: whoOf(env),
    ...(commit && { commit }),
    ...(commit && commit === tree?.commit && { dirty: tree.dirty }),
    ...(run && { run }),
  }
}

/** `user@host`, or the account that a CI names. */
export function whoOf(env: Environment): string {
  const actor = env.RTDASH_ACTOR || env.GITHUB_ACTOR || env.GITLAB_USER_LOGIN
  return actor ? actor : `${userName(env)}@${hostname()}`
}

function userName(env: Environment): string {
  try {
    return userInfo().username
  } catch {
    // A container may run as a number without a name.
    return env.USER || String(process.getuid?.() ?? 'unknown')
  }
}

const githubRun = ({ GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: id }: Environment) =>
  server && repository && id ? `${server}/${repository}/actions/runs/${id}` : undefined

const run = promisify(execFile)

/** Undefined outside of a work tree, before the first commit, and without git. */
async function workTree(
  dir: string,
  files: readonly string[],
): Promise<{ commit: string; dirty: boolean } | undefined> {
  const git = async (...args: string[]): Promise<string> =>
    (await run('git', ['--no-optional-locks', ...args], { cwd: dir, timeout: 10_000 })).stdout.trim()
  try {
    const commit = await git('rev-parse', 'HEAD')
    const differing = await git('status', '--porcelain', '--untracked-files=all', '--ignored', '--', ...files)
    return { commit, dirty: differing !== '' }
  } catch {
    return undefined
  }
}
