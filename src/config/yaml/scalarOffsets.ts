import type { Span } from '../../model/diagnostic.js'
import type { Range } from '../../model/expr.js'
import type { ScalarNode } from './node.js'
import { writtenText } from './node.js'
import { spanOf } from './sourceFile.js'

/** One or more characters of the file that stand for one character of the value. */
interface Unit {
  readonly start: number
  readonly length: number
  readonly char: string
}

/** The place in the file of a part of a scalar's value, whatever its quotes, escapes and folded lines. */
export const spanWithin = (node: ScalarNode, range: Range): Span => spansWithin(node)(range)

/** The same for many parts of one scalar: its characters are aligned once. */
export function spansWithin(node: ScalarNode): (range: Range) => Span {
  const { file } = node
  const offsets = align(String(node.value), units(node))
  return range => {
    const first = offsets[range.start]
    // Just past the value: "something is missing at the end".
    if (first === undefined) {
      const last = offsets.at(-1)
      const end = last === undefined ? node.start : node.start + last.start + last.length
      return spanOf({ file, start: end, end: end + 1 })
    }
    const last = offsets[Math.max(range.start, range.end - 1)] ?? offsets.at(-1)!
    return spanOf({ file, start: node.start + first.start, end: node.start + last.start + last.length })
  }
}

/**
 * Folding changes only white space, so the n-th other character of the value is the n-th other character written.
 * Runs of white space are matched run by run.
 */
function align(value: string, written: readonly Unit[]): Unit[] {
  const offsets: Unit[] = []
  let next = 0
  for (let i = 0; i < value.length; ) {
    let blanks = 0
    while (i + blanks < value.length && isBlank(value[i + blanks]!)) blanks++
    const from = next
    while (next < written.length && isBlank(written[next]!.char)) next++
    const run = written.slice(from, next)
    const fallback = run.at(-1) ?? written[Math.min(from, written.length - 1)]
    for (let k = 0; k < blanks; k++) {
      const unit = run[k] ?? fallback
      if (unit !== undefined) offsets.push(unit)
    }
    i += blanks
    const unit = written[next]
    if (i >= value.length || unit === undefined) break
    offsets.push(unit)
    next++
    i++
  }
  return offsets
}

const isBlank = (char: string): boolean => char === ' ' || char === '\t' || char === '\n' || char === '\r'

function units(node: ScalarNode): Unit[] {
  const text = writtenText(node)
  if (node.style === 'single') return split(text, 1, text.length - 1, /''|./sy)
  if (node.style === 'double') {
    return split(text, 1, text.length - 1, /\\(?:x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|\r\n|.)|./sy)
  }
  // A block scalar's first line is its header: `|`, `>-`, a comment.
  return split(text, node.style === 'block' ? text.search(/\r|\n|$/) : 0, text.length, /./sy)
}

function split(text: string, from: number, to: number, pattern: RegExp): Unit[] {
  const found: Unit[] = []
  pattern.lastIndex = from
  for (let match = pattern.exec(text); match !== null && match.index < to; match = pattern.exec(text)) {
    const [written] = match
    // An escaped surrogate pair is two characters of the value, both written by the same escape.
    for (const char of meaning(written)) found.push({ start: match.index, length: written.length, char })
  }
  return found
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\t': '\t',
  '0': '\0',
  a: '\x07',
  b: '\b',
  e: '\x1b',
  f: '\f',
  v: '\v',
  N: '\x85',
  _: '\xa0',
  L: '\u2028',
  P: '\u2029',
}

/** The UTF-16 units that a written piece stands for; none for a line end that is escaped away. */
function meaning(written: string): string[] {
  if (written === "''") return ["'"]
  if (written[0] !== '\\' || written.length === 1) return [written]
  const kind = written[1]!
  if (kind === '\n' || kind === '\r') return []
  if (written.length > 2)
    return String.fromCodePoint(Math.min(Number.parseInt(written.slice(2), 16), 0x10ffff)).split('')
  return [escapes[kind] ?? kind]
}
