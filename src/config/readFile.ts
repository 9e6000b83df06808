import { readFile, stat } from 'node:fs/promises'
import type { Span } from '../model/diagnostic.js'
import type { Findings } from './findings.js'
import { maxBytes } from './yaml/limits.js'
import { type SourceFile, sourceFile, spanOf } from './yaml/sourceFile.js'

/** Where reading puts what it finds, and the texts that findings point into. */
export interface Reading {
  readonly findings: Findings
  readonly texts: Map<string, string>
}

/** One metrics file, or undefined after saying why it cannot be read. `askedBy` is the `include` that names it. */
export async function readSourceFile(
  name: string,
  path: string,
  { findings, texts }: Reading,
  askedBy?: Span,
): Promise<SourceFile | undefined> {
  const start = { file: name, line: 1, column: 1, endLine: 1, endColumn: 2 }
  const bytes = await readBytes(path)
  if (typeof bytes === 'string') {
    findings.error('unreadable-file', askedBy ?? start, `cannot read ${name}: ${bytes}`, 'check the path')
    return undefined
  }
  if (bytes.length > maxBytes) {
    findings.error('file-too-large', start, `the file is larger than 1 MiB`, 'split it and `include` the parts')
    return undefined
  }
  const { file, valid } = decode(name, path, bytes)
  texts.set(name, file.text)
  if (!valid) {
    const start = Math.max(0, file.text.indexOf('\ufffd'))
    const at = spanOf({ file, start, end: start + 1 })
    findings.error('not-utf8', at, 'the file is not valid UTF-8 from here on', 'save it as UTF-8')
    return undefined
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is them that are looked for
  const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.exec(file.text)
  if (control === null) return file
  const code = control[0].charCodeAt(0).toString(16).padStart(4, '0')
  findings.error(
    'control-character',
    spanOf({ file, start: control.index, end: control.index + 1 }),
    `control character U+${code.toUpperCase()}`,
    'remove it, or write it as an escape in double quotes',
  )
  return undefined
}

/** The bytes, or what went wrong in a few words. Only regular files are opened: a pipe would block for ever. */
async function readBytes(path: string): Promise<Uint8Array | string> {
  try {
    const found = await stat(path)
    if (!found.isFile()) return found.isDirectory() ? 'it is a folder' : 'it is not a regular file'
    // Larger than allowed is all there is to know.
    if (found.size > maxBytes) return new Uint8Array(maxBytes + 1)
    return await readFile(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such file'
    return code === 'EACCES' ? 'no permission' : String(code ?? error)
  }
}

function decode(name: string, path: string, bytes: Uint8Array): { file: SourceFile; valid: boolean } {
  const read = (fatal: boolean) => sourceFile(name, path, new TextDecoder('utf-8', { fatal }).decode(bytes))
  try {
    return { file: read(true), valid: true }
  } catch {
    return { file: read(false), valid: false }
  }
}
