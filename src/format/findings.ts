import { formatText } from '../diagnostics/text.js'
import type { Diagnostic } from '../model/diagnostic.js'
import { counted } from './counted.js'
import type { Style } from './style.js'

/** The first few findings of each code, and for each of the others' codes a line that says how many there are. */
export function fewOfEach(
  findings: readonly Diagnostic[],
  few: number,
): { readonly shown: readonly Diagnostic[]; readonly more: readonly string[] } {
  const seen = new Map<string, number>()
  const shown = findings.filter(({ code }) => {
    const count = (seen.get(code) ?? 0) + 1
    seen.set(code, count)
    return count <= few
  })
  const more = [...seen].flatMap(([code, count]) =>
    count > few ? [`${counted(count - few, 'more finding')} ${code}`] : [],
  )
  return { shown, more }
}

/** Findings about a change for people: each with its place and way out, without the line of the file. */
export function findingsText(
  findings: readonly Diagnostic[],
  style: Style,
  options: { readonly all: boolean },
): string {
  const { shown, more } = fewOfEach(findings, options.all ? Number.POSITIVE_INFINITY : 5)
  const text = formatText(shown, new Map(), { color: style.enabled })
  return [text, ...more.map(line => style.dim(`${line}: -v shows all`))].join('\n')
}
