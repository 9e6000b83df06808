import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'

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

/** Files that the folder's own manifest names and the result does not have: only what rtdash wrote is ever removed. */
async function obsolete(folder: string, files: ReadonlyMap<string, string>): Promise<string[]> {
  const text = await readFile(join(folder, 'manifest.json'), 'utf8').catch(() => '{}')
  return namedFiles(text).filter(name => !files.has(name))
}

function namedFiles(manifest: string): string[] {
  try {
    const { files } = JSON.parse(manifest) as { files?: readonly { path?: unknown }[] }
    const names = (files ?? []).flatMap(({ path }) => (typeof path === 'string' ? [path] : []))
    // Names are joined to the folder: one that leads out of it was not written by rtdash.
    return names.filter(name => !isAbsolute(name) && !name.split(/[\\/]/).includes('..'))
  } catch {
    return []
  }
}
