import { nearest } from '../expr/suggest.js'
import type { Diagnostic, Span } from '../model/diagnostic.js'

/** Where stages put what they find; all of it is shown, not only the first. */
export interface Findings {
  readonly all: readonly Diagnostic[]
  error(code: string, span: Span, message: string, fix?: Fix): void
  warning(code: string, span: Span, message: string, fix?: Fix): void
  /** Nothing more is kept: the rest follows from what is there, or nobody would read it. */
  readonly full: boolean
}

/** The way out; a function where it takes time to find. */
type Fix = string | undefined | (() => string | undefined)

const maxFindings = 500

export function createFindings(): Findings {
  const all: Diagnostic[] = []
  const add = (severity: Diagnostic['severity']) => (code: string, span: Span, message: string, fix?: Fix) => {
    if (all.length > maxFindings) return
    if (all.length === maxFindings) {
      all.push({
        code: 'too-many-findings',
        severity,
        span,
        message: `more than ${maxFindings} findings, here the list ends`,
      })
      return
    }
    const way = typeof fix === 'function' ? fix() : fix
    all.push({ code, severity, message, span, ...(way === undefined ? {} : { fix: way }) })
  }
  return {
    all,
    error: add('error'),
    warning: add('warning'),
    get full() {
      return all.length > maxFindings
    },
  }
}

/** `did you mean "x"?`, else the list of what there is. */
export function suggest(word: string, known: Iterable<string>, none = 'none is declared'): () => string {
  return () => {
    const candidates = [...known].slice(0, 1000)
    const near = word.length > 100 ? undefined : nearest(word, candidates)
    if (near !== undefined) return `did you mean "${near}"?`
    if (candidates.length === 0) return none
    const more = candidates.length > 20 ? ' …' : ''
    return `there ${candidates.length === 1 ? 'is only' : 'are'}: ${candidates.slice(0, 20).join(', ')}${more}`
  }
}
