import { readFileSync } from 'node:fs'

/** What a job of GitHub Actions knows of itself: from its environment and the event that started it. */
export interface Context {
  /** `owner/name`. */
  readonly repository: string
  readonly apiUrl: string
  readonly token?: string
  /** The commit that the job is about. */
  readonly sha: string
  readonly pull?: Pull
}

/** The pull request of the event. */
export interface Pull {
  readonly number: number
  /** The newest commit of its branch. */
  readonly headSha: string
  readonly baseSha: string
  /** From another repository: the job's token may not write, and there are no secrets. */
  readonly fork: boolean
  readonly labels: readonly string[]
}

type Environment = Readonly<Record<string, string | undefined>>

/** The label that lets a pull request lose data. */
export const ALLOW_DESTRUCTIVE = 'allow-destructive'

/** Throws where the environment is not that of a job. */
export function readContext(env: Environment): Context {
  const repository = needed(env, 'GITHUB_REPOSITORY')
  const event: unknown = JSON.parse(readFileSync(needed(env, 'GITHUB_EVENT_PATH'), 'utf8'))
  const pull = pullOf(field(event, 'pull_request'), repository)
  return {
    repository,
    apiUrl: (env.GITHUB_API_URL || 'https://api.github.com').replace(/\/+$/, ''),
    sha: needed(env, 'GITHUB_SHA'),
    ...(env.GITHUB_TOKEN && { token: env.GITHUB_TOKEN }),
    ...(pull && { pull }),
  }
}

/** A variable of the environment that must be there. */
export function needed(env: Environment, name: string): string {
  const value = env[name]
  if (value === undefined || value === '') throw new Error(`${name} is not set: this runs in a job of GitHub Actions`)
  return value
}

function pullOf(pull: unknown, repository: string): Pull | undefined {
  const number = field(pull, 'number')
  if (typeof number !== 'number') return undefined
  const head = field(pull, 'head')
  return {
    number,
    headSha: text(field(head, 'sha')),
    baseSha: text(field(field(pull, 'base'), 'sha')),
    // The repository of a head that was deleted is null: not ours.
    fork: field(field(head, 'repo'), 'full_name') !== repository,
    labels: labelsOf(pull),
  }
}

/** Names of the labels of a pull request, as the API and events write it. */
export function labelsOf(pull: unknown): string[] {
  const labels = field(pull, 'labels')
  return Array.isArray(labels) ? labels.map(label => text(field(label, 'name'))) : []
}

/** A key of what came as JSON; undefined where there is none. */
export const field = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
