import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What `init --template` knows: one folder each under templates/init, beside `common`. */
export const templateNames = ['storefront', 'observability', 'minimal'] as const
export type TemplateName = (typeof templateNames)[number]

const templatesDir = fileURLToPath(new URL('../../templates/init/', import.meta.url))

/** Writes a template's files into `dir`. Files that exist stay untouched; both lists are relative to `dir`, sorted. */
export async function initProject(dir: string, template: TemplateName): Promise<{ written: string[]; kept: string[] }> {
  const written: string[] = []
  const kept: string[] = []
  for (const from of [join(templatesDir, 'common'), join(templatesDir, template)]) {
    for (const path of await filesOf(from)) {
      const name = join(dirname(relative(from, path)), packedName(basename(path)))
      const wrote = await writeNew(join(dir, name), await readFile(path))
      ;(wrote ? written : kept).push(name)
    }
  }
  return { written: written.sort(), kept: kept.sort() }
}

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  return entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
}

/** npm leaves .gitignore out of a package, so the template keeps it without the dot. */
const packedName = (name: string): string => (name === 'gitignore' ? '.gitignore' : name)

async function writeNew(path: string, content: Buffer): Promise<boolean> {
  await mkdir(dirname(path), { recursive: true })
  try {
    await writeFile(path, content, { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}
