import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join, relative, resolve } from 'node:path'

/** The files of a project as they were applied, the metrics file first; paths relative to its folder. Variables stay `${NAME}`. */
export type AppliedFiles = readonly (readonly [path: string, text: string])[]

/** What the ledger keeps of the files that were read. Accounts that are written into URLs are left out. */
export function filesOf(file: string, texts: ReadonlyMap<string, string>): AppliedFiles {
  const dir = dirname(resolve(file))
  const all = [...texts].map(([name, text]) => [relative(dir, resolve(name)), withoutAccounts(text)] as const)
  return [...all.filter(([path]) => path === basename(file)), ...all.filter(([path]) => path !== basename(file))]
}

/** `http://user:password@host` and `?password=…` without what is secret in them; `${NAME}` says nothing and stays. */
export const withoutAccounts = (text: string): string =>
  text
    .replace(/(:\/\/)([^\s/"'@$#{},\]]+)@/g, '$1***@')
    .replace(/([?&](?:password|passwd|token|secret|api_?key)=)(?!\$\{)[^&\s"'#},\]]+/gi, '$1***')

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
