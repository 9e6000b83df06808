import type { Span } from '../../model/diagnostic.js'

/** A metrics file in memory. `name` is how findings show it, `path` is where it really is. */
export interface SourceFile {
  readonly name: string
  readonly path: string
  readonly text: string
  /** Offset of the first character of each line. */
  readonly lineStarts: readonly number[]
}

export function sourceFile(name: string, path: string, text: string): SourceFile {
  const lineStarts = [0]
  for (const match of text.matchAll(/\r\n|\r|\n/g)) lineStarts.push(match.index + match[0].length)
  return { name, path, text, lineStarts }
}

/** The span of a half-open range of offsets; never empty where the text has a character there. */
export function spanOf({
  file,
  start,
  end,
}: {
  readonly file: SourceFile
  readonly start: number
  readonly end: number
}): Span {
  const from = place(file, start)
  const to = place(file, Math.max(end, start))
  return { file: file.name, line: from.line, column: from.column, endLine: to.line, endColumn: to.column }
}

function place(file: SourceFile, offset: number): { line: number; column: number } {
  const at = Math.max(0, Math.min(offset, file.text.length))
  let low = 0
  let high = file.lineStarts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (file.lineStarts[middle]! <= at) low = middle
    else high = middle - 1
  }
  return { line: low + 1, column: at - file.lineStarts[low]! + 1 }
}
