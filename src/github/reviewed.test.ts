import { describe, expect, it } from 'vitest'
import { artifactOf, findReviewed } from './reviewed.js'
import { scriptedApi } from './testing.js'

const of = { repository: 'a/b', sha: 'merge1', target: 'prod' }
const pull = (number: number, parts: object = {}) => ({
  number,
  merged_at: '2026-01-01T00:00:00Z',
  merge_commit_sha: 'merge1',
  head: { sha: `head${number}` },
  labels: [],
  ...parts,
})
const artifact = (id: number, run: object = {}, parts: object = {}) => ({
  created_at: `2026-01-0${id}T00:00:00Z`,
  expired: false,
  workflow_run: { id, head_sha: 'head1', repository_id: 1, head_repository_id: 1, ...run },
  ...parts,
})
const find = (pulls: unknown[], artifacts: unknown[] = []) =>
  findReviewed(
    scriptedApi({ 'GET /repos/a/b/commits/merge1/pulls': pulls, 'GET /repos/a/b/actions/artifacts': { artifacts } }),
    of,
  )

describe('the reviewed plan of a merged commit', () => {
  it('is the newest that was kept for the last commit of its pull request', async () => {
    expect(await find([pull(1)], [artifact(2), artifact(3), artifact(1)])).toEqual({
      pull: 1,
      allowDestructive: false,
      artifact: artifactOf('prod', 'head1'),
      runId: 3,
    })
  })

  it('is none of a fork, of another commit, or one that has expired', async () => {
    const bad = [
      artifact(4, { head_repository_id: 2 }),
      artifact(5, { head_sha: 'x' }),
      artifact(6, {}, { expired: true }),
    ]
    expect(await find([pull(1)], bad)).not.toHaveProperty('runId')
    expect(await find([pull(1)], [...bad, artifact(2)])).toMatchObject({ runId: 2 })
  })

  it('is that of the pull request which became this commit', async () => {
    const open = pull(2, { merged_at: null })
    const other = pull(3, { merge_commit_sha: 'merge0', labels: [{ name: 'allow-destructive' }] })
    expect(await find([open, other, pull(1)])).toMatchObject({ pull: 1, allowDestructive: false })
    expect(await find([open, other])).toMatchObject({ pull: 3, allowDestructive: true })
    expect(await find([open])).toBeUndefined()
  })

  it('has a name that is a name for GitHub, too', () => {
    expect(artifactOf('a/b:c', 'f00')).toBe('rtdash-plan-a_b_c-f00')
  })
})
