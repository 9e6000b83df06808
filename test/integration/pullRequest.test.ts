import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FakeApi, startApi } from '../support/github/api.js'
import { type Event, type JobResult, type Runner, runWorkflow } from '../support/github/runner.js'
import { rtdash } from '../support/rtdash.js'

// A team's repository and its pull requests, played against the embedded stack: the workflow that `init` writes, the
// action, their scripts, all as they stand in the YAML; GitHub itself is a server of this test.

const root = fileURLToPath(new URL('../..', import.meta.url))
const workflow = '.github/workflows/rtdash.yml'
const repository = 'acme/dashboards'
const secret = 'hunter2-must-not-be-seen'
/** Promises that hold on a machine that is busy with other tests. */
const sla = 'sla: { latency: 1m, query: 5s, lag: 1m }'

const metric = (name: string, window: string, where = ''): string =>
  `  ${name}:\n    measure: count()\n${where}    window: ${window}\n    refresh: 1s\n    ${sla}\n\n`
const errors = (window: string): string => metric('errors_per_minute', window, "    where: kind = 'error'\n")

let dir: string
let clone: string
let api: FakeApi
let runner: Runner
let pulls = 0

const git = (...args: string[]): string => execFileSync('git', args, { cwd: clone, encoding: 'utf8' }).trim()
const file = (): string => readFileSync(join(clone, 'metrics.yaml'), 'utf8')
const edit = (from: string, to: string): void => {
  expect(file()).toContain(from)
  writeFileSync(join(clone, 'metrics.yaml'), file().replace(from, to))
}
const commit = (message: string): string => {
  git('add', '-A')
  git('commit', '-q', '-m', message)
  return git('rev-parse', 'HEAD')
}
const only = (results: readonly JobResult[], name: string): JobResult => {
  expect(results.map(result => result.name)).toEqual([name])
  return results[0]!
}
const passed = (job: JobResult): JobResult => {
  if (!job.ok) throw new Error(`${job.name} failed:\n${job.log}\n${job.summary}`)
  return job
}
const fingerprintOf = ({ summary, log }: JobResult): string => {
  const [, fingerprint] = /with the fingerprint `(\w+)`/.exec(summary) ?? []
  if (fingerprint === undefined) throw new Error(`no fingerprint in:\n${summary}\n${log}`)
  return fingerprint
}

/** Lets no program of Node reach anybody. */
const offline = (): Record<string, string> => ({ NODE_OPTIONS: `--import=${join(dir, 'offline.mjs')}` })

interface Pull {
  readonly number: number
  readonly branch: string
  readonly labels: string[]
  readonly fork: boolean
}

const openPull = (branch: string, fork = false): Pull => ({ number: ++pulls, branch, labels: [], fork })

const pullPayload = ({ number, branch, labels, fork }: Pull) => ({
  number,
  title: `$(touch ${dir}/injected) "; exit 1; \${{ secrets.CLICKHOUSE_URL }}`,
  head: {
    ref: branch,
    sha: git('rev-parse', branch),
    repo: { full_name: fork ? 'stranger/dashboards' : repository },
  },
  base: { sha: git('rev-parse', 'main') },
  labels: labels.map(name => ({ name })),
})

/** The workflow on a pull request: GitHub checks out its merge with the base. */
async function review(pull: Pull): Promise<JobResult[]> {
  const payload = pullPayload(pull)
  git('checkout', '-q', '--detach', 'main')
  git('merge', '-q', '--no-ff', '--no-edit', pull.branch)
  const event: Event = {
    name: 'pull_request',
    payload: { action: 'synchronize', number: pull.number, pull_request: payload },
    sha: git('rev-parse', 'HEAD'),
    headSha: payload.head.sha,
    fork: pull.fork,
    token: pull.fork ? 'reader' : 'writer',
    secrets: pull.fork ? {} : { CLICKHOUSE_URL: secret },
    // Whatever a fork's run starts: it reaches nobody.
    env: pull.fork ? offline() : {},
  }
  try {
    return await runWorkflow(runner, workflow, event)
  } finally {
    git('checkout', '-q', 'main')
  }
}

/** The pull request as one commit on main, and the workflow on that push. */
async function merge(pull: Pull): Promise<JobResult> {
  const payload = pullPayload(pull)
  git('checkout', '-q', 'main')
  git('merge', '-q', '--squash', pull.branch)
  const sha = commit(`Merge ${pull.branch}`)
  api.merged.set(sha, { ...payload, merged_at: '2026-01-01T00:00:00Z', merge_commit_sha: sha })
  return push(sha)
}

const push = async (sha: string): Promise<JobResult> =>
  only(await runWorkflow(runner, workflow, onMain('push', { after: sha }, sha)), 'apply')

/** Somebody runs the workflow by hand. */
const dispatch = async (inputs: Readonly<Record<string, unknown>>): Promise<JobResult> =>
  only(
    await runWorkflow(runner, workflow, {
      ...onMain('workflow_dispatch', { inputs }, git('rev-parse', 'HEAD')),
      inputs,
    }),
    'apply',
  )

const onMain = (name: Event['name'], payload: unknown, sha: string): Event => ({
  name,
  payload,
  sha,
  headSha: sha,
  token: 'reader',
  secrets: { CLICKHOUSE_URL: secret },
})

const changesNow = async (): Promise<string[]> => {
  const { stdout } = await rtdash(['plan', '--json'], { cwd: clone })
  return JSON.parse(stdout).changes.map(({ action, id }: { action: string; id: string }) => `${action} ${id}`)
}

beforeAll(async () => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'rtdash-pull-')))
  clone = join(dir, 'clone')
  mkdirSync(join(dir, 'bin'))
  // What the registry would give is the package as it is built here.
  const npm = `#!/bin/bash
[ "$1 $2 $4 $5 $6 $7" = "install --prefix --no-save --no-audit --no-fund rtdash@0.1" ] || exit 9
mkdir -p "$3/node_modules/.bin"
ln -s ${root} "$3/node_modules/rtdash"
ln -s ${root}/bin/run.js "$3/node_modules/.bin/rtdash"
`
  writeFileSync(join(dir, 'bin', 'npm'), npm, { mode: 0o755 })
  const script = `import net from 'node:net'
net.Socket.prototype.connect = () => { throw new Error('there is no network') }
`
  writeFileSync(join(dir, 'offline.mjs'), script)
  api = await startApi(repository)
  api.tokens.set('writer', 'write').set('reader', 'read')
  runner = { workspace: clone, repository, vars: { RTDASH_TARGET: 'local' }, api, temp: dir, path: join(dir, 'bin') }

  await rtdash(['init', clone, '--template', 'minimal'], { cwd: dir })
  git('init', '-q', '-b', 'main')
  git('config', 'user.name', 'Team')
  git('config', 'user.email', 'team@example.org')
  edit('    refresh: 5s\n', `    refresh: 1s\n    ${sla}\n`)
  edit('      ts: DateTime64(3)\n', '      ts: DateTime64(3)\n      kind: LowCardinality(String)\n      note: String\n')
  const yaml = readFileSync(join(clone, workflow), 'utf8')
  writeFileSync(
    join(clone, workflow),
    yaml.replace('command: apply\n', 'command: apply\n          verify-duration: 2s\n'),
  )
  commit('First version')
  const up = await rtdash(['up', '--detach', '--port', '0'], { cwd: clone })
  expect(up).toMatchObject({ code: 0 })
}, 120_000)

afterAll(async () => {
  await rtdash(['down'], { cwd: clone })
  await api?.close()
  rmSync(dir, { recursive: true, force: true })
})

describe.sequential('the story of a repository', { timeout: 300_000 }, () => {
  it('first push: nothing is applied that nobody has reviewed', async () => {
    const job = await push(git('rev-parse', 'HEAD'))
    expect(job).toMatchObject({ ok: false })
    expect(job.steps.at(-1)).toBe('Apply')
    expect(job.summary).toContain('### Nothing was applied to local\n\nNo plan was reviewed with this commit.')
    expect(job.summary).toContain('| create | `clickhouse.table/events` |')
    expect(await changesNow()).not.toEqual([])

    const wrong = await dispatch({ fingerprint: '0000000000000000', 'allow-destructive': false })
    expect(wrong).toMatchObject({ ok: false, summary: expect.stringContaining('`0000000000000000` no longer holds') })

    const applied = passed(await dispatch({ fingerprint: fingerprintOf(job), 'allow-destructive': false }))
    expect(applied.summary).toContain('### Applied to local')
    expect(applied.steps.slice(-2)).toEqual(['Apply', 'Verify'])
    expect(applied.summary).toMatch(/latency.*pass|pass.*latency/i)
    expect(await changesNow()).toEqual([])
  })

  it('a branch adds a metric: one comment says what that does, and merging does just that', async () => {
    const pull = openPull('errors')
    git('checkout', '-q', '-b', pull.branch)
    edit('tests:', `${errors('1m')}tests:`)
    commit('Count errors')

    const job = passed(only(await review(pull), 'plan'))
    expect(job.steps).toContain('Keep the plan for the merge')
    const [comment, ...others] = api.comments.get(pull.number) ?? []
    expect(others).toEqual([])
    expect(comment?.body).toMatch(
      /^<!-- rtdash local -->\n### Plan for local\n\n\*\*1 rebuild\*\*, \d safe: 1 to create, /,
    )
    expect(comment?.body).toContain('#### Rollups')
    expect(comment?.body).toContain('| create | `clickhouse.view/errors_per_minute` | safe | new view |')
    expect(comment?.body).toContain("count() filter (where kind = 'error')")
    expect(comment?.body).toMatch(/Plan \w{16} of commit \w{7}: merging applies just this/)
    expect(job.summary).toContain('### Plan for local')
  })

  it('another push to the branch changes that very comment', async () => {
    const pull: Pull = { number: pulls, branch: 'errors', labels: [], fork: false }
    git('checkout', '-q', '-f', pull.branch)
    edit(errors('1m'), errors('2m'))
    commit('Over two minutes')
    const before = api.comments.get(pull.number)?.[0]?.body
    passed(only(await review(pull), 'plan'))
    expect(api.comments.get(pull.number)).toHaveLength(1)
    expect(api.comments.get(pull.number)?.[0]?.body).not.toBe(before)

    const job = passed(await merge(pull))
    expect(job.steps).toEqual(expect.arrayContaining(['Fetch the reviewed plan', 'Apply', 'Verify']))
    expect(job.summary).toContain('### Applied to local')
    expect(await changesNow()).toEqual([])
    const again = passed(await push(git('rev-parse', 'HEAD')))
    expect(again.summary).toContain('There was nothing to apply.')
  })

  it('a branch would lose data: its check fails, and merging it all the same changes nothing', async () => {
    const pull = openPull('no-note')
    git('checkout', '-q', '-b', pull.branch)
    edit('      note: String\n', '')
    commit('Nobody reads note')

    const refused = only(await review(pull), 'plan')
    expect(refused).toMatchObject({ ok: false })
    expect(refused.log).toContain('::error file=metrics.yaml,')
    expect(refused.log).toContain('title=destructive-change')
    const [comment] = api.comments.get(pull.number) ?? []
    expect(comment?.body).toContain('> [!CAUTION]')
    expect(comment?.body).toContain('**Refused: this would lose data.**')
    expect(comment?.body).toContain('column note is no longer declared')

    const merged = await merge(pull)
    expect(merged).toMatchObject({ ok: false, summary: expect.stringContaining('No plan was reviewed') })
    const fingerprint = fingerprintOf(merged)
    const unticked = await dispatch({ fingerprint, 'allow-destructive': false })
    expect(unticked).toMatchObject({ ok: false, summary: expect.stringContaining('It would lose data') })
    expect(await changesNow()).toContainEqual(expect.stringContaining('clickhouse.table/events'))

    passed(await dispatch({ fingerprint, 'allow-destructive': true }))
    expect(await changesNow()).toEqual([])
  })

  it('with its label a branch may lose data, once it is merged', async () => {
    const pull = openPull('no-kind')
    git('checkout', '-q', '-b', pull.branch)
    edit('      kind: LowCardinality(String)\n', '')
    edit("    where: kind = 'error'\n", '')
    edit('refresh: 1s', 'refresh: 2s')
    commit('Nobody sends kind, and two seconds will do')
    expect(only(await review(pull), 'plan').ok).toBe(false)
    pull.labels.push('allow-destructive')
    const labelled = passed(only(await review(pull), 'plan'))
    expect(labelled.summary).toContain('The label `allow-destructive` lets this lose data.')
    expect(labelled.summary).toContain('- changed `events_per_minute`: `refresh 1s → 2s`')
    expect(labelled.summary).toMatch(
      /`sla-relaxed` `metrics.yaml:\d+` metric events\\_per\\_minute promises less: refresh 1s → 2s/,
    )
    expect(await changesNow()).toEqual([])
    passed(await merge(pull))
    expect(await changesNow()).toEqual([])
  })

  it('a plan that was overtaken is refused', async () => {
    const [first, second] = [openPull('first'), openPull('second')]
    for (const { branch } of [first, second]) {
      git('checkout', '-q', '-b', branch, 'main')
      // At two places of the file, so that both can be merged.
      if (branch === 'first') edit('metrics:\n', `metrics:\n${metric(branch, '1m')}`)
      else edit('tests:', `${metric(branch, '1m')}tests:`)
      commit(`Add ${branch}`)
      passed(only(await review(branch === 'first' ? first : second), 'plan'))
    }
    passed(await merge(first))
    const overtaken = await merge(second)
    expect(overtaken).toMatchObject({ ok: false })
    expect(overtaken.log).toContain('title=plan-outdated')
    expect(overtaken.summary).toContain('The plan that was reviewed no longer holds')
    passed(await dispatch({ fingerprint: fingerprintOf(overtaken), 'allow-destructive': false }))
    expect(await changesNow()).toEqual([])
  })

  it('a fork is compared offline, with no secret and nothing written', async () => {
    const pull = openPull('from-a-stranger', true)
    git('checkout', '-q', '-b', pull.branch)
    edit('  events_per_minute:', '  events_a_minute:')
    writeFileSync(
      join(clone, 'metrics.yaml'),
      file().replaceAll('metric: events_per_minute', 'metric: events_a_minute'),
    )
    commit('Rename it')
    expect(await rtdash(['plan'], { cwd: clone, env: offline() })).toMatchObject({ code: 1 })
    const before = api.requests.length
    const job = passed(only(await review(pull), 'diff'))
    expect(job.summary).toContain('### metrics.yaml, target local')
    expect(job.summary).toContain('metric events\\_per\\_minute is now events\\_a\\_minute')
    expect(job.log).toContain('title=metric-removed')
    expect(api.requests.slice(before)).toEqual([])
    expect(api.comments.get(pull.number)).toBeUndefined()
    expect(git('worktree', 'list').split('\n')).toHaveLength(1)
  })

  it('no artifact of a fork counts as reviewed', async () => {
    const pull = openPull('from-a-stranger', true)
    const name = `rtdash-plan-local-${git('rev-parse', pull.branch)}`
    api.artifacts.push({
      name,
      created_at: '2030-01-01T00:00:00Z',
      expired: false,
      workflow_run: { id: 1, head_sha: git('rev-parse', pull.branch), repository_id: 1, head_repository_id: 2 },
    })
    const job = await merge(pull)
    expect(job).toMatchObject({ ok: false, summary: expect.stringContaining('No plan was reviewed') })
    expect(job.steps).not.toContain('Fetch the reviewed plan')
  })

  it('without a target of its own everything is compared offline, in a comment all the same', async () => {
    const pull = openPull('quiet')
    git('checkout', '-q', '-b', pull.branch)
    edit('window: 1m', 'window: 3m')
    commit('Longer')
    const { vars } = runner
    runner = { ...runner, vars: {} }
    passed(only(await review(pull), 'diff'))
    runner = { ...runner, vars }
    expect(api.comments.get(pull.number)?.[0]?.body).toContain('<!-- rtdash local -->\n### metrics.yaml, target local')
  })

  it('nothing of it has run a title as a script, or shown a secret', () => {
    expect(() => readFileSync(join(dir, 'injected'))).toThrow('ENOENT')
    const said = [...api.comments.values()].flat().map(({ body }) => body)
    expect(said.length).toBeGreaterThan(3)
    expect(said.join()).not.toContain(secret)
  })
})
