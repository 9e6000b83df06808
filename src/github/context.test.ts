import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { readContext } from './context.js'
import { annotate, setOutputs } from './job.js'
import { readOptions } from './options.js'

const dir = mkdtempSync(join(tmpdir(), 'rtdash-github-'))
afterAll(() => rmSync(dir, { recursive: true }))

function envOf(event: unknown): Record<string, string> {
  const path = join(dir, 'event.json')
  writeFileSync(path, JSON.stringify(event))
  return { GITHUB_REPOSITORY: 'a/b', GITHUB_SHA: 'f00', GITHUB_EVENT_PATH: path, GITHUB_API_URL: 'https://api.x/' }
}
const pull = (full_name: string | undefined) => ({
  pull_request: {
    number: 7,
    head: { sha: 'h', repo: full_name === undefined ? null : { full_name } },
    base: { sha: 'b' },
    labels: [{ name: 'allow-destructive' }],
  },
})

describe('what a job knows', () => {
  it('is read from its environment and event', () => {
    const context = readContext({ ...envOf(pull('a/b')), GITHUB_TOKEN: 't' })
    expect(context).toEqual({
      repository: 'a/b',
      apiUrl: 'https://api.x',
      sha: 'f00',
      token: 't',
      pull: { number: 7, headSha: 'h', baseSha: 'b', fork: false, labels: ['allow-destructive'] },
    })
    expect(readContext(envOf({ after: 'f00' }))).not.toHaveProperty('pull')
  })

  it.each(['stranger/b', undefined])('takes a pull request from %s for a fork', name => {
    expect(readContext(envOf(pull(name))).pull).toMatchObject({ fork: true })
  })

  it('says where it runs at all', () => {
    expect(() => readContext({})).toThrow('GITHUB_REPOSITORY is not set: this runs in a job of GitHub Actions')
    expect(() => readOptions({})).toThrow('RUNNER_TEMP is not set')
  })
})

it('outputs cannot add outputs of their own', () => {
  const path = join(dir, 'output')
  writeFileSync(path, '')
  setOutputs({ GITHUB_OUTPUT: path }, { a: 'x\nEOF\nb=evil', c: undefined })
  const [, end] = /^a<<(\S{36})\n/.exec(readFileSync(path, 'utf8')) ?? []
  expect(readFileSync(path, 'utf8')).toBe(`a<<${end}\nx\nEOF\nb=evil\n${end}\n`)
})

it('an annotation cannot become a command of its own', () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {})
  annotate('error', 'x', '50 %\n::add-mask::y')
  expect(log).toHaveBeenCalledWith('::error title=x::50 %25%0A::add-mask::y')
  log.mockRestore()
})
