import type { ExprError } from './errors.js'
import type { SyntaxError as GrammarError } from './grammar.js'

const WORD = /[A-Za-z0-9_]+|[<>!]=|<>|\S/y

/** Says what stands where the grammar could not go on, and what could have stood there. */
export function syntaxFinding(text: string, error: GrammarError): ExprError {
  const start = error.location.start.offset
  const found = wordAt(text, start)
  const range = { start, end: start + Math.max(1, found.length) }
  const what = found === '' ? 'the expression ends too early' : `unexpected ${quote(found)}`
  const hint = hintFor(text, start, found)
  const expected = expectedWords(error)
  const message = expected.length > 0 ? `${what}, expected ${list(expected)}` : what
  return { code: 'syntax', message, range, ...(hint ? { fix: hint } : {}) }
}

function wordAt(text: string, offset: number): string {
  WORD.lastIndex = offset
  return WORD.exec(text)?.[0] ?? ''
}

function quote(word: string): string {
  return word === '"' || word === "'" ? `a ${word} that is never closed` : `"${word}"`
}

/** What people coming from other languages write. */
function hintFor(text: string, offset: number, found: string): string | undefined {
  if (found === '=' && text[offset - 1] === '=') return 'one = compares'
  if (found === '&') return 'write "and"'
  if (found === '|') return 'write "or"'
  if (found === '!') return 'write "not"'
  if (found === '*' && /count\s*\(\s*$/i.test(text.slice(0, offset))) return 'write count()'
  if (found === "'" || found === '"') return `write ${found}${found} for one inside`
  return undefined
}

function expectedWords(error: GrammarError): string[] {
  const words = error.expected?.flatMap(expectation => {
    if (expectation.type === 'other') return expectation.description === 'whitespace' ? [] : [expectation.description]
    if (expectation.type === 'literal') return [`"${expectation.text}"`]
    return expectation.type === 'end' ? ['the end'] : []
  })
  return [...new Set(words)].sort()
}

function list(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}
