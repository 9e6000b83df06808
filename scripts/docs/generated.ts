import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { languagePage } from './language.js'
import { lintPages } from './lints.js'

/** Every generated page by its path from the root of the repository. */
export const generatedDocs = (): Map<string, string> => new Map([...languagePage(), ...lintPages()])

/** Paths of pages on disk that differ from the generated ones, are missing, or belong to no rule any more. */
export function outOfDate(root: string, docs: ReadonlyMap<string, string>): string[] {
  const read = (path: string): string | undefined =>
    existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : undefined
  const changed = [...docs].filter(([path, text]) => read(path) !== text).map(([path]) => path)
  const lints = existsSync(join(root, 'docs/lints')) ? readdirSync(join(root, 'docs/lints')) : []
  const extra = lints.map(file => `docs/lints/${file}`).filter(path => !docs.has(path))
  return [...changed, ...extra].sort()
}
