import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { changeRules } from '../../src/rules/change/registry.js'
import { exampleBase } from '../../src/rules/example.js'
import { rules } from '../../src/rules/registry.js'

const folder = fileURLToPath(new URL('../../src/rules/', import.meta.url))

/** What each folder of rules is about, in the order of the list. */
const areas: Readonly<Record<string, string>> = {
  timing: 'Tiers, windows, refresh and latency',
  delivery: 'Channels and caches',
  scale: 'Volume, viewers and the target',
  retention: 'Retention and old events',
  dimensions: 'Dimensions',
  values: 'Measures',
  alerts: 'Alerts',
  unused: 'What nobody reads',
  change: 'The change itself',
}

interface Page {
  readonly code: string
  readonly area: string
  readonly severity: string
  readonly text: string
}

/** docs/lints/: a page for each rule, and the list of all. */
export function lintPages(): Map<string, string> {
  const pages = readPages()
  const files = pages.map(page => [`docs/lints/${page.code}.md`, pageText(page)] as const)
  return new Map([['docs/lints/README.md', listText(pages)], ...files])
}

function readPages(): Page[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.md'))
  return [...rules, ...changeRules].map(({ code, severity }) => {
    const file = files.find(candidate => candidate.endsWith(`/${code}.md`))
    if (!file) throw new Error(`src/rules has no page ${code}.md for its rule`)
    return { code, severity, area: file.slice(0, file.indexOf('/')), text: readFileSync(`${folder}${file}`, 'utf8') }
  })
}

function pageText({ code, severity, text }: Page): string {
  const heading = `# ${code}\n`
  return `${heading}\n*${severity}* · [all lints](README.md)\n${text.slice(heading.length)}`
}

function listText(pages: readonly Page[]): string {
  const unknown = pages.find(page => !(page.area in areas))
  if (unknown) throw new Error(`scripts/docs/lints.ts has no title for src/rules/${unknown.area}`)
  const sections = Object.entries(areas).map(([area, title]) => {
    const rows = pages
      .filter(page => page.area === area)
      .map(({ code, severity, text }) => `| [${code}](${code}.md) | ${severity} | ${summary(text)} |`)
    return [`## ${title}`, '', '| lint | severity | finds |', '|---|---|---|', ...rows].join('\n')
  })
  return `# Lints

\`rtdash validate\` holds the metrics file against the decision tree of real-time dashboards and its anti-patterns. An error stops \`compile\`, \`plan\` and \`apply\`; a warning does not. Schema, references and types are checked before; their messages say what to write instead. The last section is about a change rather than a file: \`rtdash plan\` holds it against what is applied, \`rtdash diff\` against another file.

The examples on the pages are parts of a file that begins like this:

\`\`\`yaml
${exampleBase}\`\`\`

${sections.join('\n\n')}
`
}

/** The page's first paragraph. */
const summary = (text: string): string => text.split('\n\n')[1]!.replaceAll('\n', ' ').replaceAll('|', '\\|')
