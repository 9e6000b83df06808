import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { lintAction, lintWorkflow } from './support/github/lint.js'

const read = (path: string): string => readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), 'utf8')
const action = read('action.yml')
const workflow = read('templates/init/common/.github/workflows/rtdash.yml')

interface Step {
  readonly name?: string
  readonly uses?: string
  readonly run?: string
  readonly env?: Readonly<Record<string, string>>
  readonly shell?: string
}
interface Job {
  readonly permissions?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  readonly concurrency?: { readonly group: string; readonly 'cancel-in-progress': boolean }
  readonly 'timeout-minutes'?: number
  readonly steps: readonly Step[]
}
const { runs, inputs } = parse(action) as { runs: { steps: Step[] }; inputs: Record<string, { default?: string }> }
const { jobs, permissions } = parse(workflow) as { jobs: Record<string, Job>; permissions: Record<string, string> }

/** The action's steps as a workflow that is called with its inputs: what actionlint can look at. */
function asWorkflow(text: string): string {
  const { inputs, runs } = parse(text)
  const typed = Object.entries<{ description: string; required?: boolean }>(inputs).map(
    ([name, { description, required = false }]) => [name, { description, required, type: 'string' }],
  )
  const steps = runs.steps.map(({ shell, ...step }: Step) => (step.run === undefined ? step : { shell, ...step }))
  return stringify({
    on: { workflow_call: { inputs: Object.fromEntries(typed) } },
    jobs: { action: { 'runs-on': 'ubuntu-latest', steps } },
  })
}

describe('the workflow that init writes', () => {
  it('is one that actionlint has nothing to say about', async () => {
    expect(await lintWorkflow(workflow)).toEqual([])
  })

  it('would be found out where it is wrong', async () => {
    expect(await lintWorkflow(workflow.replace('runs-on', 'run-on'))).not.toEqual([])
    const hostile = workflow.replace(
      '- uses: ./.github/actions/rtdash',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: GitHub's own
      '- run: echo "${{ github.event.pull_request.title }}"\n      - uses: ./.github/actions/rtdash',
    )
    expect((await lintWorkflow(hostile)).join()).toContain('potentially untrusted')
  })

  it('asks for no more than it needs', () => {
    expect(permissions).toEqual({ contents: 'read' })
    expect(Object.fromEntries(Object.entries(jobs).map(([name, job]) => [name, job.permissions]))).toEqual({
      plan: { contents: 'read', 'pull-requests': 'write' },
      diff: { contents: 'read', 'pull-requests': 'write' },
      apply: { contents: 'read', actions: 'read', 'pull-requests': 'read' },
    })
    for (const job of Object.values(jobs))
      for (const step of job.steps.filter(({ uses }) => uses?.startsWith('actions/checkout')))
        expect(step).toMatchObject({ with: { 'persist-credentials': false } })
  })

  it('gives no secret to what a fork may run', () => {
    expect(JSON.stringify(jobs.diff)).not.toContain('secrets')
    expect(JSON.stringify(jobs.plan)).toContain('secrets')
    expect(workflow).not.toContain('pull_request_target')
  })

  it('applies one at a time for a target, and never cuts one off', () => {
    expect(jobs.apply?.concurrency).toEqual({
      // biome-ignore lint/suspicious/noTemplateCurlyInString: GitHub's own
      group: 'rtdash-apply-${{ vars.RTDASH_TARGET }}',
      'cancel-in-progress': false,
    })
  })
})

describe('action.yml', () => {
  it('is valid as GitHub sees it, and would be found out where not', async () => {
    expect(await lintAction(action)).toEqual([])
    expect(await lintAction(action.replace('shell: bash', 'shel: bash'))).not.toEqual([])
  })

  it('has steps and expressions that actionlint has nothing to say about', async () => {
    expect(await lintWorkflow(asWorkflow(action))).toEqual([])
    expect(await lintWorkflow(asWorkflow(action.replaceAll('inputs.version', 'inputs.verion')))).not.toEqual([])
  })

  it('writes no value into a script', () => {
    for (const { run } of runs.steps) expect(run ?? '').not.toContain('${{')
  })

  it('is the one that init writes, for this version', () => {
    expect(read('templates/init/common/.github/actions/rtdash/action.yml')).toBe(action)
    const { version } = JSON.parse(read('package.json')) as { version: string }
    expect(version.startsWith(`${inputs.version?.default}.`)).toBe(true)
  })
})
