import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { playAction, type StepResult } from './actions.js'
import type { FakeApi } from './api.js'
import { type Contexts, holds, interpolate } from './expressions.js'

// A runner of GitHub Actions, as far as our workflow needs one: it evaluates conditions and expressions as GitHub does,
// runs the scripts with bash as they stand in the YAML, and plays the four actions of GitHub's own that are used.

interface Step {
  readonly id?: string
  readonly name?: string
  readonly if?: string
  readonly uses?: string
  readonly run?: string
  readonly with?: Readonly<Record<string, unknown>>
  readonly env?: Readonly<Record<string, unknown>>
}

interface Job {
  readonly if?: string
  readonly env?: Readonly<Record<string, unknown>>
  readonly steps: readonly Step[]
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string; readonly required?: boolean }>>
  readonly runs: { readonly steps: readonly Step[] }
}

/** What starts a run. */
export interface Event {
  readonly name: 'pull_request' | 'push' | 'workflow_dispatch'
  readonly payload: unknown
  /** The commit that is checked out, which for a pull request is its merge with the base. */
  readonly sha: string
  readonly actor?: string
  readonly inputs?: Readonly<Record<string, unknown>>
  /** What a fork's run does not have. */
  readonly secrets?: Readonly<Record<string, string>>
  readonly token: string
  /** The newest commit of the branch, which artifacts are kept for. */
  readonly headSha: string
  readonly fork?: boolean
  /** Beside what GitHub gives every script. */
  readonly env?: Readonly<Record<string, string>>
}

export interface JobResult {
  readonly name: string
  readonly ok: boolean
  /** Names of the steps that ran, the failed one last. */
  readonly steps: readonly string[]
  readonly log: string
  readonly summary: string
}

export interface Runner {
  /** The clone that jobs work in. */
  readonly workspace: string
  readonly repository: string
  readonly vars: Readonly<Record<string, string>>
  readonly api: FakeApi
  /** A folder for everything that is no part of the clone. */
  readonly temp: string
  /** Before the PATH of every script. */
  readonly path: string
}

/** Runs all jobs of a workflow that an event starts, one after another. */
export async function runWorkflow(runner: Runner, file: string, event: Event): Promise<JobResult[]> {
  const workflow = parse(readFileSync(join(runner.workspace, file), 'utf8')) as {
    env?: Record<string, unknown>
    jobs: Record<string, Job>
  }
  const runId = Math.floor(Math.random() * 1e9)
  const results: JobResult[] = []
  for (const [name, job] of Object.entries(workflow.jobs)) {
    const state = createState(runner, event, runId)
    if (job.if !== undefined && !holds(job.if, state.contexts())) continue
    state.addEnv(workflow.env ?? {})
    state.addEnv(job.env ?? {})
    const ok = await runSteps(job.steps, state, state.contexts())
    results.push({ name, ok, steps: state.steps, log: state.log(), summary: read(state.files.summary) })
  }
  return results
}

type State = ReturnType<typeof createState>

function createState(runner: Runner, event: Event, runId: number) {
  const temp = join(runner.temp, randomUUID())
  mkdirSync(temp, { recursive: true })
  const file = (name: string, text = ''): string => {
    const path = join(temp, name)
    writeFileSync(path, text)
    return path
  }
  const files = {
    env: file('env'),
    path: file('path'),
    summary: file('summary'),
    event: file('event.json', JSON.stringify(event.payload)),
  }
  const github = {
    event_name: event.name,
    event: event.payload,
    repository: runner.repository,
    actor: event.actor ?? 'somebody',
    ref: event.name === 'pull_request' ? 'refs/pull/1/merge' : 'refs/heads/main',
    sha: event.sha,
    token: event.token,
  }
  const env: Record<string, string> = {}
  const steps: string[] = []
  let log = ''
  const contexts = (): Contexts => ({
    github,
    vars: runner.vars,
    secrets: event.secrets ?? {},
    inputs: event.inputs ?? {},
    runner: { temp },
    steps: {},
  })
  return {
    runner,
    event,
    runId,
    temp,
    files,
    env,
    steps,
    contexts,
    log: () => log,
    say: (text: string) => {
      log += text
    },
    addEnv: (more: Readonly<Record<string, unknown>>) => {
      for (const [name, value] of Object.entries(more)) env[name] = interpolate(String(value), contexts())
    },
  }
}

async function runSteps(steps: readonly Step[], state: State, outer: Contexts): Promise<boolean> {
  const outputs: Record<string, { outputs: Record<string, string> }> = {}
  for (const step of steps) {
    const contexts = { ...outer, steps: outputs }
    if (step.if !== undefined && !holds(step.if, contexts)) continue
    const values = (map: Readonly<Record<string, unknown>> = {}): Record<string, string> =>
      Object.fromEntries(Object.entries(map).map(([name, value]) => [name, interpolate(String(value), contexts)]))
    const result =
      step.run === undefined
        ? await runAction(step.uses ?? '', values(step.with), state, contexts)
        : await runScript(step.run, values(step.env), state)
    if (step.uses?.startsWith('./') !== true) state.steps.push(step.name ?? step.uses ?? '')
    if (step.id !== undefined) outputs[step.id] = { outputs: result.outputs }
    if (!result.ok) return false
  }
  return true
}

async function runScript(script: string, own: Readonly<Record<string, string>>, state: State): Promise<StepResult> {
  const { runner, temp, files, event } = state
  const path = join(temp, `${randomUUID()}.sh`)
  const output = join(temp, randomUUID())
  writeFileSync(path, script)
  writeFileSync(output, '')
  const added = read(files.path).split('\n').filter(Boolean)
  const env = {
    PATH: [...added.reverse(), runner.path, process.env.PATH].join(':'),
    HOME: process.env.HOME,
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_API_URL: runner.api.url,
    GITHUB_EVENT_NAME: event.name,
    GITHUB_EVENT_PATH: files.event,
    GITHUB_REPOSITORY: runner.repository,
    GITHUB_SHA: event.sha,
    GITHUB_ENV: files.env,
    GITHUB_PATH: files.path,
    GITHUB_OUTPUT: output,
    GITHUB_STEP_SUMMARY: files.summary,
    RUNNER_TEMP: temp,
    ...event.env,
    ...state.env,
    ...values(read(files.env)),
    ...own,
  }
  const child = spawn('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', path], { cwd: runner.workspace, env })
  child.stdin.end()
  child.stdout.on('data', chunk => state.say(String(chunk)))
  child.stderr.on('data', chunk => state.say(String(chunk)))
  const code = await new Promise(resolve => child.on('close', resolve))
  return { ok: code === 0, outputs: values(read(output)) }
}

/** GITHUB_ENV and GITHUB_OUTPUT: `name=value`, or `name<<end` and lines up to the end. */
function values(text: string): Record<string, string> {
  const found: Record<string, string> = {}
  const lines = text.split('\n')
  for (let n = 0; n < lines.length; n++) {
    const line = lines[n]!
    const block = /^([\w-]+)<<(.+)$/.exec(line)
    if (block) {
      const end = lines.indexOf(block[2]!, n)
      found[block[1]!] = lines.slice(n + 1, end).join('\n')
      n = end
    } else if (line.includes('=')) found[line.slice(0, line.indexOf('='))] = line.slice(line.indexOf('=') + 1)
  }
  return found
}

async function runAction(
  uses: string,
  given: Record<string, string>,
  state: State,
  contexts: Contexts,
): Promise<StepResult> {
  const { runner, event, runId } = state
  if (uses.startsWith('./')) {
    const { inputs, runs } = parse(readFileSync(join(runner.workspace, uses, 'action.yml'), 'utf8')) as Action
    const unknown = Object.keys(given).find(name => !(name in inputs))
    if (unknown !== undefined) throw new Error(`${uses} has no input ${unknown}`)
    const values = Object.entries(inputs).map(([name, input]) => {
      // A value that is given counts, an empty one too.
      const value = given[name] ?? interpolate(input.default ?? '', contexts)
      if (input.required && value === '') throw new Error(`${uses} needs ${name}`)
      return [name, value]
    })
    // A composite action sees its inputs, not the workflow's secrets and variables.
    const { github, runner: machine } = contexts
    const inner = { github, runner: machine, inputs: Object.fromEntries(values), steps: {} }
    return { ok: await runSteps(runs.steps, state, inner), outputs: {} }
  }
  return playAction(uses.replace(/@.*/, ''), given, { ...runner, ...event, runId })
}

const read = (path: string): string => readFileSync(path, 'utf8')
