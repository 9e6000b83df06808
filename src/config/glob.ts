import type { Dirent } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Folder entries looked at for one pattern, at most: `**` in a home folder must not take minutes. */
const maxEntries = 20_000

/** Paths under `folder` that match a pattern of `*`, `?` and `**`, relative to it, with `/` between, sorted. */
export async function glob(folder: string, pattern: string): Promise<string[]> {
  const found: string[] = []
  await walk(
    folder,
    '',
    pattern.split('/').filter(part => part !== '' && part !== '.'),
    found,
    { entries: 0 },
  )
  return [...new Set(found)].sort()
}

export const isPattern = (text: string): boolean => /[*?]/.test(text)

async function walk(
  folder: string,
  prefix: string,
  parts: readonly string[],
  found: string[],
  seen: { entries: number },
): Promise<void> {
  const [part, ...rest] = parts
  if (part === undefined) return
  if (part === '**') await walk(folder, prefix, rest, found, seen)
  for (const entry of await list(join(folder, prefix))) {
    if (++seen.entries > maxEntries) return
    const path = prefix + entry.name
    if (part === '**') {
      // Links are not followed here, so that the walk ends.
      if (entry.isDirectory() && !skipped(entry.name)) await walk(folder, `${path}/`, parts, found, seen)
    } else if (matches(entry.name, part)) {
      if (rest.length > 0) await walk(folder, `${path}/`, rest, found, seen)
      else if (!entry.isDirectory()) found.push(path)
    }
  }
}

const skipped = (name: string): boolean => name.startsWith('.') || name === 'node_modules'

async function list(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true })
  } catch {
    return []
  }
}

/** One path segment against `*` and `?`, in time proportional to their lengths' product. */
function matches(name: string, pattern: string): boolean {
  if (name.startsWith('.') && !pattern.startsWith('.')) return false
  let reached = [true, ...Array<boolean>(name.length).fill(false)]
  for (const char of pattern) {
    const next = Array<boolean>(name.length + 1).fill(false)
    for (let i = 0; i <= name.length; i++) {
      if (char === '*') next[i] = reached[i]! || (i > 0 && next[i - 1]!)
      else if (i > 0) next[i] = reached[i - 1]! && (char === '?' || char === name[i - 1])
    }
    reached = next
  }
  return reached[name.length]!
}
