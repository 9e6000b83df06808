import { type Api, listAll } from './api.js'
import { ALLOW_DESTRUCTIVE, field, labelsOf } from './context.js'

/** The plan that was reviewed with the pull request of a merged commit. */
export interface ReviewedPlan {
  readonly pull: number
  readonly allowDestructive: boolean
  /** Where its artifact is; missing where none was kept, as for a pull request from a fork. */
  readonly runId?: number
  readonly artifact: string
}

/** The artifact that holds the plan of a commit for a target. */
export const artifactOf = (target: string, sha: string): string =>
  `rtdash-plan-${target.replace(/[^\w.]/g, '_')}-${sha}`

/** Finds the pull request that a commit came with, and the plan of its last commit. */
export async function findReviewed(
  api: Api,
  { repository, sha, target }: { repository: string; sha: string; target: string },
): Promise<ReviewedPlan | undefined> {
  const pulls = await listAll(api, `/repos/${repository}/commits/${sha}/pulls`)
  const merged = pulls.filter(pull => field(pull, 'merged_at') !== null)
  const pull = merged.find(one => field(one, 'merge_commit_sha') === sha) ?? merged[0]
  const number = field(pull, 'number')
  const headSha = field(field(pull, 'head'), 'sha')
  if (typeof number !== 'number' || typeof headSha !== 'string') return undefined
  const artifact = artifactOf(target, headSha)
  const runId = await runOf(api, repository, artifact, headSha)
  return {
    pull: number,
    allowDestructive: labelsOf(pull).includes(ALLOW_DESTRUCTIVE),
    artifact,
    ...(runId !== undefined && { runId }),
  }
}

/** The run that kept the newest artifact of this name. Runs of forks can keep artifacts as well: theirs do not count. */
async function runOf(api: Api, repository: string, name: string, headSha: string): Promise<number | undefined> {
  const artifacts = await listAll(
    api,
    `/repos/${repository}/actions/artifacts?name=${encodeURIComponent(name)}`,
    'artifacts',
  )
  const kept = artifacts.filter(artifact => {
    const run = field(artifact, 'workflow_run')
    const own = field(run, 'head_repository_id') === field(run, 'repository_id')
    return own && field(run, 'head_sha') === headSha && field(artifact, 'expired') === false
  })
  const newest = kept.sort((a, b) => createdAt(b).localeCompare(createdAt(a)))[0]
  const id = field(field(newest, 'workflow_run'), 'id')
  return typeof id === 'number' ? id : undefined
}

const createdAt = (artifact: unknown): string => String(field(artifact, 'created_at'))
