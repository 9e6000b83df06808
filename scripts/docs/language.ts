import { readFileSync } from 'node:fs'

/** The parts of a JSON Schema that the metrics file's schema uses. */
interface Schema {
  readonly description?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly default?: unknown
  readonly examples?: readonly unknown[]
  readonly $ref?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | Schema
  readonly items?: Schema
  readonly minimum?: number
  readonly maximum?: number
}

interface Root extends Schema {
  readonly $defs: Readonly<Record<string, Schema>>
}

/** Sections of the page: a definition of the schema, its title, and where it stands in a file. */
const sections: readonly (readonly [string, string, string])[] = [
  ['file', 'The file', 'Keys at the top.'],
  ['source', 'Sources', 'Keys of `sources.<name>`.'],
  ['column', 'Columns', 'A value of `sources.<name>.columns` is a type, or these keys.'],
  ['metric', 'Metrics', 'Keys of `metrics.<name>`.'],
  ['alert', 'Alerts', 'Keys of `alerts.<name>`.'],
  ['test', 'Tests', 'Keys of each item of `tests`.'],
  ['target', 'Targets', 'Keys of `targets.<name>`.'],
]

/** How the small definitions are called in the column `type`. */
const types: Readonly<Record<string, string>> = {
  project: 'name',
  name: 'name',
  columnName: 'name',
  table: 'name',
  topic: 'name',
  path: 'path',
  duration: 'duration',
  durationOrZero: 'duration or `0s`',
  durationOrAny: 'duration or `any`',
  durationOrForever: 'duration or `forever`',
  window: 'duration, `hour`, `day`, `week` or `month`',
  rate: 'events per second',
  setting: 'text, environment variables allowed',
  source: '[source](#sources)',
  column: '[column](#columns)',
  metric: '[metric](#metrics)',
  alert: '[alert](#alerts)',
  test: '[test](#tests)',
  target: '[target](#targets)',
}

/** docs/reference/language.md: every key of the metrics file, from its schema. */
export function languagePage(): Map<string, string> {
  const file = new URL('../../schemas/metrics.schema.json', import.meta.url)
  const root: Root = JSON.parse(readFileSync(file, 'utf8'))
  const parts = sections.map(([name, title, where]) => {
    const definition = root.$defs[name]
    if (!definition) throw new Error(`schemas/metrics.schema.json has no $defs.${name}`)
    const rows = rowsOf(
      { ...definition, required: [...(definition.required ?? []), ...(name === 'file' ? (root.required ?? []) : [])] },
      '',
    )
    return [
      `## ${title}`,
      '',
      where,
      '',
      '| key | type | default | meaning | examples |',
      '|---|---|---|---|---|',
      ...rows,
    ].join('\n')
  })
  return new Map([['docs/reference/language.md', `${introduction(root)}\n${parts.join('\n\n')}\n`]])
}

const introduction = (root: Root): string => `# metrics.yaml

${root.description} Every key, from \`schemas/metrics.schema.json\`: editors complete and explain the same when the file begins with

\`\`\`yaml
# yaml-language-server: $schema=node_modules/rtdash/schemas/metrics.schema.json
\`\`\`

A duration is a whole number and a unit: \`250ms\`, \`5s\`, \`2m\`, \`1h\`, \`7d\`. Unknown keys are errors. What is allowed and still unwise is found by the [lints](../lints/README.md).
`

/** A row for each key; keys of objects within follow as `outer.inner`. */
function rowsOf(schema: Schema, prefix: string): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, value]) => {
    const name = `${prefix}${key}`
    const standard = schema.required?.includes(key)
      ? '**required**'
      : value.default === undefined
        ? ''
        : code(value.default)
    const examples = (value.examples ?? []).map(code).join('<br>')
    const row = `| \`${name}\` | ${typeOf(value)} | ${standard} | ${cell(value.description ?? '')} | ${examples} |`
    return [row, ...rowsOf(value.items ?? value, value.items ? `${name}[].` : `${name}.`)]
  })
}

function typeOf(schema: Schema): string {
  if (schema.$ref) {
    const name = schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)
    const text = types[name]
    if (!text) throw new Error(`scripts/docs/language.ts has no name for the type ${name}`)
    return text
  }
  if (schema.const !== undefined) return code(schema.const)
  if (schema.enum) return schema.enum.map(code).join(', ')
  if (schema.items) return `list of ${typeOf(schema.items)}`
  if (typeof schema.additionalProperties === 'object') return `map of ${typeOf(schema.additionalProperties)}`
  return [schema.type ?? 'any'].flat().map(plain).join(' or ') + range(schema)
}

const plain = (type: string): string =>
  ({ string: 'text', object: 'map', array: 'list', integer: 'whole number' })[type] ?? type

const range = ({ minimum, maximum }: Schema): string =>
  minimum === undefined || maximum === undefined
    ? ''
    : `, ${minimum.toLocaleString('en-US')} to ${maximum.toLocaleString('en-US')}`

const code = (value: unknown): string => `\`${cell(typeof value === 'string' ? value : JSON.stringify(value))}\``

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')
