import { realpath } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, sep } from 'node:path'
import type { Findings } from './findings.js'
import { short } from './formats.js'
import { glob, isPattern } from './glob.js'
import { type Reading, readSourceFile } from './readFile.js'
import { get, itemsOf, type MapNode, type ScalarNode, textOf } from './yaml/node.js'
import { parseYaml } from './yaml/parse.js'
import { type SourceFile, spanOf } from './yaml/sourceFile.js'

/** Files in all, at most. */
const maxFiles = 500

/** What was read: the maps of all files, the first file's first, and every text for the frames of findings. */
export interface LoadedFiles {
  readonly roots: readonly MapNode[]
  readonly texts: ReadonlyMap<string, string>
}

interface Loading extends Reading {
  readonly roots: MapNode[]
  /** Real paths of all files so far, and of those that are being included just now. */
  readonly done: Set<string>
  readonly open: string[]
}

/** Reads a metrics file and all that it includes. */
export async function loadFiles(path: string, findings: Findings): Promise<LoadedFiles> {
  const loading: Loading = { findings, roots: [], texts: new Map(), done: new Set(), open: [] }
  const file = await readSourceFile(path, await real(path), loading)
  if (file !== undefined) await loadFile(file, loading)
  return loading
}

async function loadFile(file: SourceFile, loading: Loading): Promise<void> {
  loading.done.add(file.path)
  const root = parseYaml(file, loading.findings)
  if (root === undefined) return
  if (root.kind !== 'map') {
    const what = root.kind === 'list' ? 'a list' : root.value === null ? 'empty' : 'a single text'
    loading.findings.error(
      'wrong-type',
      spanOf({ file, start: root.start, end: root.start + 1 }),
      `a metrics file is a map of keys, this one is ${what}`,
      'begin with `version: 1` and `project: …`',
    )
    return
  }
  loading.roots.push(root)
  loading.open.push(file.path)
  for (const item of itemsOf(get(root, 'include'))) {
    if (item.kind === 'scalar' && textOf(item)) await includePattern(item, file, loading)
  }
  loading.open.pop()
}

async function includePattern(item: ScalarNode, file: SourceFile, loading: Loading): Promise<void> {
  const pattern = String(item.value)
  const { findings } = loading
  const at = spanOf(item)
  if (isAbsolute(pattern) || /^[a-z]:|\\/i.test(pattern) || pattern.split('/').includes('..')) {
    findings.error(
      'include-outside',
      at,
      `include "${short(pattern)}" leads out of the folder of ${file.name}`,
      'name files in this folder or below it, relative to it, with `/`',
    )
    return
  }
  // Names in findings stay beside the name that the first file was given by.
  const folder = dirname(file.path)
  const found = isPattern(pattern) ? await glob(folder, pattern) : [pattern]
  if (found.length === 0)
    findings.warning(
      'include-empty',
      at,
      `no file matches include "${short(pattern)}"`,
      `it is relative to the folder of ${basename(file.name)}`,
    )
  for (const relative of found) {
    const path = await real(join(folder, relative))
    // A pattern may match the very file that it is in.
    if (isPattern(pattern) && path === file.path) continue
    if (!path.startsWith(folder.endsWith(sep) ? folder : folder + sep)) {
      findings.error(
        'include-outside',
        at,
        `${relative} is a link that leads out of the folder of ${file.name}`,
        'copy the file into this folder',
      )
    } else if (loading.open.includes(path)) {
      findings.error(
        'include-circle',
        at,
        `include "${short(pattern)}" comes back to ${relative}, which includes this file`,
        'remove one of the two includes',
      )
    } else if (loading.done.size >= maxFiles) {
      findings.error('too-large', at, `more than ${maxFiles} files`, 'include fewer, larger files')
      return
    } else if (!loading.done.has(path)) {
      const included = await readSourceFile(join(dirname(file.name), relative), path, loading, at)
      if (included !== undefined) await loadFile(included, loading)
    }
  }
}

/** Where a path really leads; the path itself where there is nothing, so that reading it says so. */
async function real(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch {
    return path
  }
}
