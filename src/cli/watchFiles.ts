import { type FSWatcher, watch } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'

/** Calls `onChange` once the files have been quiet for `quietMs`. */
export interface FileWatcher {
  /** From now on just these files. */
  set(files: readonly string[]): void
  close(): void
}

/**
 * Watches folders, not files: editors save by renaming a new file over the old one, which a watch on the file itself
 * would not outlive. Other YAML files beside them count too: an include pattern may just have got one more.
 */
export function watchFiles(onChange: () => void, quietMs = 100): FileWatcher {
  const watched = new Map<string, { names: Set<string>; watcher: FSWatcher }>()
  let timer: NodeJS.Timeout | undefined

  const changed = () => {
    clearTimeout(timer)
    timer = setTimeout(onChange, quietMs)
  }
  const open = (folder: string, names: Set<string>): FSWatcher =>
    watch(folder, (_event, name) => {
      if (name === null || names.has(name) || /\.ya?ml$/.test(name)) changed()
    }).on('error', () => closeFolder(folder))
  const closeFolder = (folder: string) => {
    watched.get(folder)?.watcher.close()
    watched.delete(folder)
  }

  return {
    set(files) {
      const wanted = byFolder(files)
      for (const folder of [...watched.keys()]) if (!wanted.has(folder)) closeFolder(folder)
      for (const [folder, paths] of wanted) {
        const names = watched.get(folder)?.names ?? new Set<string>()
        names.clear()
        for (const path of paths) names.add(basename(path))
        if (!watched.has(folder)) watched.set(folder, { names, watcher: open(folder, names) })
      }
    },
    close() {
      clearTimeout(timer)
      for (const folder of [...watched.keys()]) closeFolder(folder)
    },
  }
}

function byFolder(files: readonly string[]): Map<string, string[]> {
  const folders = new Map<string, string[]>()
  for (const file of files) {
    const folder = dirname(resolve(file))
    folders.set(folder, [...(folders.get(folder) ?? []), file])
  }
  return folders
}
