// Names, comments and expressions of a metrics file are written by whoever opens a pull request: here they become text
// that GitHub neither interprets nor lets call anybody.

/** Text between Markdown's own: no markup, HTML, link, mention or reference in it works. One line. */
export const prose = (text: string): string =>
  oneLine(text)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[\\`*_{}[\]|~$!]/g, '\\$&')
    // GitHub looks for these in the finished text: an empty comment parts them.
    .replace(/[@#]|:\/\/|\bwww\.|\bGH-/gi, found => `${found.slice(0, -1)}<!-- -->${found.slice(-1)}`)
    .replace(/<!-- -->([@#])/g, '$1<!-- -->')

/** A name or expression in a code span, in a table's cell too. */
export function code(text: string): string {
  const line = oneLine(text)
  const fence = '`'.repeat(longestRun(line) + 1)
  const padding = line.startsWith('`') || line.endsWith('`') ? ' ' : ''
  return `${fence}${padding}${line.replaceAll('|', '\\|')}${padding}${fence}`
}

/** Lines in a block of code. */
export function block(text: string, language: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1))
  return `${fence}${language}\n${visible(text)}\n${fence}`
}

/** A part that is folded away; `summary` is Markdown-free text. */
export const folded = (summary: string, content: string): string =>
  `<details><summary>${summary}</summary>\n\n${content}\n\n</details>`

/** At most `length` characters, and an ellipsis where some are missing. */
export function shortened(text: string, length: number): string {
  if (text.length <= length) return text
  const end = /[\ud800-\udbff]/.test(text[length - 2] ?? '') ? length - 2 : length - 1
  return `${text.slice(0, end)}…`
}

const longestRun = (text: string): number => Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))

const oneLine = (text: string): string => visible(text.replace(/\s+/g, ' ').trim())

/** Without characters that change the direction of writing or cannot be seen. */
const visible = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is them that must not reach a reader
  text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, '·')
