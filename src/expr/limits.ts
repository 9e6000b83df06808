import type { ExprError } from './errors.js'
import type { SyntaxNode } from './syntax.js'

const MAX_LENGTH = 65_536
const MAX_NESTING = 64
const MAX_HEIGHT = 64
const MAX_WEIGHT = 2_000
const FIX = 'split it up, or use "in (…)" for long lists of values'

/** Refuses text whose parentheses or `case … end` nest so deep that parsing it would recurse without bound. Linear time. */
export function checkNesting(text: string): ExprError | undefined {
  if (text.length > MAX_LENGTH) {
    return tooDeep(
      `the expression has ${text.length} characters, at most ${MAX_LENGTH} are read`,
      MAX_LENGTH,
      text.length,
    )
  }
  let depth = 0
  const tokens = /'[^']*'|"[^"]*"|[()]|\b(?:case|end)\b/gi
  for (const { 0: token, index } of text.matchAll(tokens)) {
    if (token === '(' || /^case$/i.test(token)) depth++
    else if (token === ')' || /^end$/i.test(token)) depth--
    if (depth > MAX_NESTING) {
      return tooDeep(`parentheses and cases nest more than ${MAX_NESTING} deep`, index, index + token.length)
    }
  }
  return undefined
}

/** Refuses a tree so deep or heavy that writing it out would exceed an engine's limits. */
export function checkSize(root: SyntaxNode): ExprError | undefined {
  if (root.height > MAX_HEIGHT)
    return tooDeep(`the expression is more than ${MAX_HEIGHT} levels deep`, root.start, root.end)
  if (root.weight > MAX_WEIGHT) return tooDeep('the expression is too long', root.start, root.end)
  return undefined
}

function tooDeep(message: string, start: number, end: number): ExprError {
  return { code: 'too-deep', message, range: { start, end }, fix: FIX }
}
