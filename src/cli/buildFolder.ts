import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Which files rtdash wrote into a folder: only these are ever removed again. */
const listName = '.rtdash-files'

export interface OutdatedFile {
  readonly file: string
  readonly state: 'missing' | 'differs' | 'obsolete'
}

/** Writes the files, and removes those of an earlier run that are no longer part of the result. */
export async function writeFolder(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  for (const name of await obsolete(folder, files)) await rm(join(folder, name), { force: true })
  for (const [name, text] of files) {
    const path = join(folder, name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
  }
  await writeFile(
    join(folder, listName),
    [...files.keys()]
      .sort()
      .map(name => `${name}\n`)
      .join(''),
  )
}

/** How the folder on disk differs from the files, by name. */
export async function compareFolder(folder: string, files: ReadonlyMap<string, string>): Promise<OutdatedFile[]> {
  const outdated: OutdatedFile[] = []
  for (const [file, text] of files) {
    const onDisk = await readFile(join(folder, file), 'utf8').catch(() => undefined)
    if (onDisk === undefined) outdated.push({ file, state: 'missing' })
    else if (onDisk !== text) outdated.push({ file, state: 'differs' })
  }
  for (const file of await obsolete(folder, files)) outdated.push({ file, state: 'obsolete' })
  return outdated.sort((a, b) => (a.file < b.file ? -1 : 1))
}

async function obsolete(folder: string, files: ReadonlyMap<string, string>): Promise<string[]> {
  const list = await readFile(join(folder, listName), 'utf8').catch(() => '')
  // Names are joined to the folder: one that leads out of it was not written by rtdash.
  return list.split('\n').filter(name => name !== '' && !files.has(name) && !name.split('/').includes('..'))
}
