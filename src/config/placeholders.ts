import type { Range } from '../model/expr.js'

export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'variable'; readonly name: string; readonly otherwise?: string; readonly range: Range }
  | { readonly kind: 'malformed'; readonly range: Range }

/** The parts of a setting: text, `${NAME}`, `${NAME:-default}`. A `$` without `{` is text. */
export function placeholders(template: string): Part[] {
  const parts: Part[] = []
  let at = 0
  while (at < template.length) {
    const start = template.indexOf('${', at)
    if (start !== at) parts.push({ kind: 'text', text: template.slice(at, start < 0 ? undefined : start) })
    if (start < 0) break
    const close = template.indexOf('}', start)
    const end = close < 0 ? template.length : close + 1
    const match = /^\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}$/.exec(template.slice(start, end))
    const range = { start, end }
    if (match === null) parts.push({ kind: 'malformed', range })
    else if (match[2] === undefined) parts.push({ kind: 'variable', name: match[1]!, range })
    else parts.push({ kind: 'variable', name: match[1]!, otherwise: match[2], range })
    at = end
  }
  return parts
}
