/** How tightly an operator binds, loosest first. Each writer knows text only together with this. */
export const LEVEL = {
  or: 1,
  and: 2,
  not: 3,
  predicate: 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '%': 6,
  unary: 7,
  primary: 8,
} as const

export type Level = (typeof LEVEL)[keyof typeof LEVEL]

/** Written text and how tightly its outermost operator binds. */
export interface Fragment {
  readonly text: string
  readonly level: Level
}

/** Text that nothing can tear apart: a name, a literal, a call. */
export function primary(text: string): Fragment {
  return { text, level: LEVEL.primary }
}

/** The fragment's text, in parentheses where it binds less tightly than `least` (or, `strictly`, just as tightly). */
export function at(fragment: Fragment, least: Level, strictly = false): string {
  return fragment.level < least || (strictly && fragment.level === least) ? `(${fragment.text})` : fragment.text
}

/** A literal number; a leading minus may not touch an operator before it. */
export function signed(text: string): Fragment {
  return text.startsWith('-') ? { text, level: LEVEL.unary } : primary(text)
}

/** `left op right`, grouping to the left. */
export function infix(left: Fragment, op: string, right: Fragment, level: Level): Fragment {
  return { text: `${at(left, level)} ${op} ${at(right, level, true)}`, level }
}

/** A finished condition: a comparison, IN, BETWEEN, LIKE, IS NULL. */
export function predicate(text: string): Fragment {
  return { text, level: LEVEL.predicate }
}

/** The text of a value on either side of a predicate. */
export function operandOf(fragment: Fragment): string {
  return at(fragment, LEVEL['+'])
}

/** `NOT ` before a negated IN, BETWEEN or LIKE. */
export function not(expr: { readonly negated: boolean }): string {
  return expr.negated ? 'NOT ' : ''
}
