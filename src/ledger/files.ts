import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { withoutAccounts } from '../config/accounts.js'
import { createFindings } from '../config/findings.js'
import { entriesOf, type Node, type ScalarNode } from '../config/yaml/node.js'
import { parseYaml } from '../config/yaml/parse.js'
import { sourceFile } from '../config/yaml/sourceFile.js'

/** The files of a project as they were applied, the metrics file first; paths relative to its folder. Variables stay `${NAME}`. */
export type AppliedFiles = readonly (readonly [path: string, text: string])[]

/** What the ledger keeps of the files that were read. Accounts that are written into URLs are left out. */
export function filesOf(file: string, texts: ReadonlyMap<string, string>): AppliedFiles {
  const dir = dirname(resolve(file))
  const all = [...texts].map(([name, text]) => [relative(dir, resolve(name)), withoutSecrets(name, text)] as const)
  return [...all.filter(([path]) => path === basename(file)), ...all.filter(([path]) => path !== basename(file))]
}

/** Left out of targets and of comments; what stands in a definition means something. */
function withoutSecrets(name: string, text: string): string {
  const root = parseYaml(sourceFile(name, name, text), createFindings())
  const meant = entriesOf(root).flatMap(({ key, value }) => (key === 'targets' ? [] : scalarsOf(value)))
  return withoutAccounts(text, undefined, (start, end) => meant.some(node => node.start < end && start < node.end))
}

function scalarsOf(node: Node): ScalarNode[] {
  switch (node.kind) {
    case 'scalar':
      return [node]
    case 'list':
      return node.items.flatMap(scalarsOf)
    case 'map':
      return node.entries.flatMap(({ keyNode, value }) => [keyNode, ...scalarsOf(value)])
  }
}

/** Puts the files into a folder of their own for `use`, which gets the path of the metrics file. */
export async function withFiles<T>(files: AppliedFiles, use: (file: string) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'rtdash-'))
  try {
    for (const [path, text] of files) {
      const to = join(dir, path)
      if (relative(dir, to).startsWith('..')) throw new Error(`the ledger names a file outside of its folder: ${path}`)
      await mkdir(dirname(to), { recursive: true })
      await writeFile(to, text)
    }
    return await use(join(dir, files[0]![0]))
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}
