import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { rtdash } from './rtdash.js'

/** What the command lines of a case did; `out` holds the files that they made or changed. */
export interface CaseResult {
  readonly stdout: string
  readonly stderr: string
  /** Of the last line. */
  readonly code: number
  readonly out: Readonly<Record<string, string>>
}

const notInput = new Set(['cmd', 'stdout', 'stderr', 'code', 'out'])

/** Runs a case in a copy of its folder. */
export async function runCase(folder: string): Promise<CaseResult> {
  const cwd = await realpath(await mkdtemp(join(tmpdir(), 'rtdash-case-')))
  try {
    for (const name of await readdir(folder))
      if (!notInput.has(name)) await cp(join(folder, name), join(cwd, name), { recursive: true })
    const before = await filesOf(cwd)
    const result = { stdout: '', stderr: '', code: 0 }
    for (const line of (await readFile(join(folder, 'cmd'), 'utf8')).trim().split('\n')) {
      const { env, args } = parseLine(line)
      const { stdout, stderr, code } = await rtdash(args, { cwd, env })
      result.stdout += plain(stdout, cwd)
      result.stderr += plain(stderr, cwd)
      result.code = code
    }
    const after = await filesOf(cwd)
    const out = Object.fromEntries(Object.entries(after).filter(([name, text]) => before[name] !== text))
    return { ...result, out }
  } finally {
    await rm(cwd, { recursive: true, force: true })
  }
}

/** What a case's folder says that must come out. A file that is not there stands for nothing, or for code 0. */
export async function expectedOf(folder: string): Promise<CaseResult> {
  const text = (name: string) => readFile(join(folder, name), 'utf8').catch(() => '')
  const [stdout, stderr, code] = await Promise.all([text('stdout'), text('stderr'), text('code')])
  return { stdout, stderr, code: Number(code), out: await filesOf(join(folder, 'out')) }
}

/** Makes a case's folder say what did come out. */
export async function updateCase(folder: string, actual: CaseResult): Promise<void> {
  for (const name of ['stdout', 'stderr', 'code', 'out']) await rm(join(folder, name), { recursive: true, force: true })
  const files: Record<string, string> = { stdout: actual.stdout, stderr: actual.stderr }
  if (actual.code !== 0) files.code = `${actual.code}\n`
  for (const [name, text] of Object.entries(actual.out)) files[join('out', name)] = text
  for (const [name, text] of Object.entries(files)) {
    if (text === '') continue
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
}

/** `NAME=value rtdash validate 'a b'` apart. */
function parseLine(line: string): { env: Record<string, string>; args: string[] } {
  const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(match => match[1] ?? match[2] ?? '')
  const program = words.indexOf('rtdash')
  if (program < 0) throw new Error(`a line of cmd must run rtdash: ${line}`)
  const env = Object.fromEntries(words.slice(0, program).map(word => word.split('=', 2) as [string, string]))
  return { env, args: words.slice(program + 1) }
}

/** Without what differs from machine to machine. */
const plain = (text: string, cwd: string): string =>
  text
    .replaceAll(cwd, '<cwd>')
    .replace(/rtdash\/\S+ \S+ node-v\S+/g, 'rtdash/<version>')
    // A configuration's hash says only that something differs, which the rest of the output shows.
    .replace(/\b(?=\d*[a-f])[0-9a-f]{16}\b/g, '<hash>')

async function filesOf(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => [])
  const paths = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
  const pairs = paths.sort().map(async path => [relative(folder, path), await readFile(path, 'utf8')] as const)
  return Object.fromEntries(await Promise.all(pairs))
}
