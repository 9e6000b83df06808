import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createClickHouse } from '../../src/clients/clickhouse.js'
import type { historyDocument } from '../../src/format/history.js'
import { acquireLock } from '../../src/lock/lock.js'
import { createProject, type TestProject } from '../support/project.js'
import { rtdash } from '../support/rtdash.js'
import { schemaErrors } from '../support/schema.js'

type History = ReturnType<typeof historyDocument>

const program = fileURLToPath(new URL('../../bin/run.js', import.meta.url))
let project: TestProject
const git = (...args: string[]): string => execFileSync('git', args, { cwd: project.dir, encoding: 'utf8' }).trim()
const commit = (message: string): string => {
  git('add', 'metrics.yaml')
  git('-c', 'user.name=Jo', '-c', 'user.email=jo@example.org', 'commit', '-q', '-m', message)
  return git('rev-parse', 'HEAD')
}
/** Neither a CI's account nor its commit, wherever this test runs. */
const bare = { GITHUB_ACTOR: '', GITLAB_USER_LOGIN: '', RTDASH_ACTOR: '', GITHUB_RUN_ID: '', CI_JOB_URL: '' }
const run = (args: string[], env: Record<string, string> = {}) =>
  rtdash(args, { cwd: project.dir, env: { ...bare, ...env } })
async function json(args: string[], env: Record<string, string> = {}): Promise<Record<string, unknown>> {
  return JSON.parse((await run([...args, '--json'], env)).stdout)
}
async function history(): Promise<History['applies']> {
  const document = await json(['history'])
  expect(schemaErrors('history', document)).toBeNull()
  return (document as unknown as History).applies
}
const clickhouse = () =>
  createClickHouse(JSON.parse(readFileSync(join(project.dir, '.rtdash/local.json'), 'utf8')).clickhouse)

beforeAll(async () => {
  project = await createProject()
  await project.json('up', '--detach', '--port', '0')
})
afterAll(() => project?.remove())

// One project's life, in order: each step needs the one before it.
describe.sequential('what was applied', () => {
  let first: string

  it('is nothing at first, and nothing can be gone back to', async () => {
    expect(await history()).toEqual([])
    expect((await run(['history'])).stdout).toBe('nothing has been applied\n')
    expect(await json(['rollback', '--yes'])).toMatchObject({ ok: false, error: { code: 'no-such-apply' } })
  })

  it('of five that start at once one applies, and those that wait find nothing left to do', async () => {
    git('init', '-q')
    first = commit('first')
    const runs = await Promise.all(Array.from({ length: 5 }, () => json(['apply', '--yes', '--lock-timeout', '2m'])))
    expect(runs.every(({ ok }) => ok)).toBe(true)
    expect(runs.filter(({ results }) => (results as unknown[]).length > 0)).toHaveLength(1)
    const [entry, ...others] = await history()
    expect(others).toEqual([])
    expect(entry).toMatchObject({ outcome: 'ok', command: 'apply', target: 'local', files: ['metrics.yaml'] })
    expect(entry!.by).toMatchObject({ commit: first, dirty: false, who: expect.stringMatching(/^\S+@\S+$/) })
    expect(entry!.changes.every(({ ok }) => ok)).toBe(true)
  })

  it('says by whom and from what, in CI and from a file that is not committed', async () => {
    await project.edit('window: 1m', 'window: 2m')
    const env = {
      GITHUB_ACTOR: 'octocat',
      GITHUB_SERVER_URL: 'https://github.example',
      GITHUB_REPOSITORY: 'acme/dash',
      GITHUB_RUN_ID: '42',
    }
    expect(await json(['apply', '--yes'], env)).toMatchObject({ ok: true })
    const [entry] = await history()
    expect(entry!.by).toEqual({
      who: 'octocat',
      commit: first,
      dirty: true,
      run: 'https://github.example/acme/dash/actions/runs/42',
    })
    const { stdout } = await run(['history'])
    expect(stdout).toMatch(new RegExp(`${entry!.id}  ok  apply  octocat.*${first.slice(0, 10)} \\(dirty\\)`))
    expect((await run(['history', entry!.id])).stdout).toContain('actions/runs/42')
  })

  it('is kept with its file, which rollback plans back to', async () => {
    const [now, before] = await history()
    const refused = await run(['rollback'])
    expect(refused).toMatchObject({ code: 1 })
    expect(refused.stderr).toContain('--yes')
    const back = await json(['rollback', '--yes'])
    expect(schemaErrors('rollback', back)).toBeNull()
    expect(back).toMatchObject({ ok: true })
    const [entry] = await history()
    expect(entry).toMatchObject({ command: 'rollback', back_to: before!.id, by: { commit: first, dirty: false } })
    // Live is what the committed file says, and the file that was changed is not.
    expect(await json(['plan'])).toMatchObject({ empty: false })
    git('stash', '-q')
    expect(await json(['plan'])).toMatchObject({ empty: true })
    git('stash', 'pop', '-q')
    // By id, forward again.
    expect(await json(['rollback', now!.id, '--yes'])).toMatchObject({ ok: true })
    expect(await json(['plan'])).toMatchObject({ empty: true })
    expect(await json(['rollback', 'nope', '--yes'])).toMatchObject({ ok: false, error: { code: 'no-such-apply' } })
  })

  it('is refused, with the ways out, while somebody else has the lock', async () => {
    await project.edit('window: 2m', 'window: 3m')
    const client = clickhouse()
    const lock = await acquireLock(client, 'shop', { who: 'jo@there' })
    for (const args of [
      ['apply', '--yes'],
      ['rollback', '--yes'],
      ['destroy', '--yes', '--allow-destructive'],
    ]) {
      const document = await json(args)
      expect(schemaErrors('error', document)).toBeNull()
      expect(document).toMatchObject({ ok: false, error: { code: 'locked' } })
      expect(JSON.stringify(document)).toContain(`--force-unlock ${lock.id}`)
    }
    expect(await json(['apply', '--yes', '--force-unlock', 'other'])).toMatchObject({ error: { code: 'no-such-lock' } })
    expect(await json(['apply', '--yes', '--force-unlock', lock.id])).toMatchObject({ ok: true })
    await expect(lock.check()).rejects.toThrow('was taken over')
    await client.close()
  })

  it('tells what was killed, and goes on at once on this machine', async () => {
    await project.edit('window: 3m', 'window: 4m')
    // Any time between the lock and the end will do.
    const child = spawn(process.execPath, [program, 'apply', '--yes'], { cwd: project.dir, stdio: 'ignore' })
    const client = clickhouse()
    const begun = async (): Promise<boolean> =>
      (
        await client.query(
          "SELECT 1 FROM system.tables WHERE database = 'shop' AND comment LIKE '%\"pid\":%' AND comment LIKE '%:" +
            child.pid +
            "%'",
        )
      ).length > 0
    await expect.poll(begun, { interval: 5, timeout: 30_000 }).toBe(true)
    child.kill('SIGKILL')
    await once(child, 'exit')
    await client.close()
    expect(await json(['apply', '--yes'])).toMatchObject({ ok: true })
    expect(await json(['plan'])).toMatchObject({ empty: true })
  })

  it('is interrupted between two steps, says where, and goes on from there', async () => {
    await project.edit(
      '  errors:',
      '  kinds: { tier: 2, measure: uniq(event_type), window: 5m, refresh: 5s }\n  errors:',
    )
    const client = clickhouse()
    await client.command("INSERT INTO shop.events (ts, event_type) SELECT now64(3), 'a' FROM numbers(1000)")
    const child = spawn(process.execPath, [program, 'apply', '--yes'], { cwd: project.dir })
    let text = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (text += String(chunk)))
    const ended = once(child, 'exit')
    // A cut-over lies 300 ms ahead, and is waited for: the step is under way when its view is there.
    const under = async () =>
      (await client.query("SELECT 1 FROM system.tables WHERE database = 'shop' AND comment LIKE '% from=%'")).length > 0
    await expect.poll(under, { interval: 2, timeout: 30_000 }).toBe(true)
    child.kill('SIGINT')
    expect(await ended).toEqual([130, null])
    expect(text).toMatch(/interrupted: \d changes? made, \d not started/)
    expect(text).toMatch(/stopped at update clickhouse\.rollup\/\S+: interrupted (before|in) step \d of \d \(.+\)/)
    expect((await history())[0]).toMatchObject({ outcome: 'interrupted' })
    // The lock is free, and what is left is done.
    expect(await json(['apply', '--yes'])).toMatchObject({ ok: true })
    expect(await json(['plan'])).toMatchObject({ empty: true })
    await client.close()
  })

  it('can be interrupted while it waits for the lock', async () => {
    const client = clickhouse()
    const lock = await acquireLock(client, 'shop', { who: 'jo@there' })
    await project.edit('window: 4m', 'window: 6m')
    const child = spawn(process.execPath, [program, 'apply', '--yes', '--lock-timeout', '5m'], { cwd: project.dir })
    const [chunk] = await once(child.stderr, 'data')
    let text = String(chunk)
    child.stderr.on('data', more => (text += String(more)))
    await expect.poll(() => text).toContain('waiting for jo@there')
    child.kill('SIGINT')
    expect(await once(child, 'exit')).toEqual([130, null])
    await lock.check()
    await lock.release()
    await client.close()
  })

  it('goes with everything else when all is destroyed, which may be done twice', async () => {
    expect(await json(['destroy'])).toMatchObject({ error: { code: 'not-confirmed' } })
    const refused = await json(['destroy', '--yes'])
    expect(refused).toMatchObject({ error: { code: 'destructive' } })
    expect(JSON.stringify(refused)).toContain('clickhouse.table/events')
    const gone = await json(['destroy', '--yes', '--allow-destructive'])
    expect(schemaErrors('destroy', gone)).toBeNull()
    expect(gone).toMatchObject({ ok: true })
    expect(await json(['destroy', '--yes', '--allow-destructive'])).toMatchObject({ ok: true, results: [] })
    expect(await history()).toEqual([])
    expect(await json(['apply', '--yes'])).toMatchObject({ ok: true })
  })
})
