import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { type Compiled, compile } from '../../../src/compile/compile.js'
import { check } from '../../../src/config/check.js'
import type { Model } from '../../../src/model/model.js'
import type { Plan } from '../../../src/model/plan.js'
import { type Answer, directSql, MEASURES, WHERES } from './config.js'

/** A kind of change: a folder of test/changes. */
export interface Case {
  readonly name: string
  readonly dir: string
  /** Also takes away what nobody reads any more. */
  readonly drop: boolean
  readonly before: Model
  readonly after: Model
}

const root = fileURLToPath(new URL('..', import.meta.url))

export const caseNames: readonly string[] = readdirSync(root, { withFileTypes: true })
  .filter(entry => entry.isDirectory() && entry.name !== 'support')
  .map(entry => entry.name)
  .sort()

export async function loadCase(name: string): Promise<Case> {
  const dir = join(root, name)
  const [before, after] = await Promise.all([load(join(dir, 'before.yaml')), load(join(dir, 'after.yaml'))])
  return { name, dir, drop: name.endsWith('-dropped'), before, after }
}

async function load(file: string): Promise<Model> {
  const { model, diagnostics } = await check(file, { target: 'local' })
  if (model === undefined) throw new Error(`${file}: ${diagnostics.map(({ message }) => message).join('; ')}`)
  return model
}

/** The model compiled as a project of another name. */
export const compiledAs = (model: Model, project: string): Compiled => compile({ ...model, project })

/** What a plan does, as the golden files have it: each change with risk and reason, then its steps. */
export const planLines = ({ changes, unused, notes = [] }: Plan, project: string): string =>
  [
    ...changes.flatMap(({ action, id, risk, reason, steps }) => [
      `${action} ${id} ${risk}: ${reason}`,
      ...steps.map(({ run, title }) => `  ${run}: ${title}`),
    ]),
    ...(unused.length > 0 ? [`unused: ${unused.join(', ')}`] : []),
    ...notes.map(note => `note: ${note}`),
    '',
  ]
    .join('\n')
    .replaceAll(project, 'shop')

interface Written {
  readonly metrics: Readonly<Record<string, { readonly measure: string; readonly where?: string }>>
}

/** Each metric of the case's end with the plain SQL that is its answer. */
export function answersOf({ dir, after }: Case, project: string): Answer[] {
  const written = parse(readFileSync(join(dir, 'after.yaml'), 'utf8')) as Written
  return compiledAs(after, project).service.metrics.map(metric => {
    const { measure, where } = written.metrics[metric.name]!
    const { by, window } = after.metrics.find(({ name }) => name === metric.name)!
    const words = { ...meaning(MEASURES, measure), where: where === undefined ? undefined : meaning(WHERES, where).sql }
    return {
      metric,
      direct: table => directSql({ sql: words.sql, where: words.where, by, window }, after.timezone, table),
    }
  })
}

function meaning(words: Readonly<Record<string, readonly [string, string]>>, text: string): { sql: string } {
  const found = Object.values(words).find(([word]) => word === text)
  if (found === undefined) throw new Error(`no plain SQL for "${text}": add it to support/config.ts`)
  return { sql: found[1] }
}
