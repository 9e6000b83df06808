import type { Span } from '../model/diagnostic.js'
import { names } from '../naming.js'
import type { Findings } from './findings.js'
import type { SourceScope } from './source.js'
import { type Entry, get } from './yaml/node.js'
import { spanOf } from './yaml/sourceFile.js'

interface Named {
  readonly name: string
  readonly what: string
  /** None for what rtdash always makes. */
  readonly span?: Span
}

/** Every object in the database must have a name of its own: raw tables, what is made from them, and a view for each metric. */
export function checkObjectNames(
  project: string,
  sources: readonly [Entry, SourceScope][],
  metrics: readonly Entry[],
  findings: Findings,
): void {
  const fixed = [names.values, names.history, names.config, names.lock].map(
    (name): Named => ({ name, what: "rtdash's own table" }),
  )
  const objects = [...sources.flatMap(tablesOf), ...metrics.flatMap(viewsOf)]
  checkUnique([...fixed, ...objects], findings)
  checkPrefix(objects, /^(_|rollup_)/, "rtdash's own", findings)
  const topics = sources.flatMap(topicsOf)
  checkUnique([{ name: names.updatesTopic(project), what: "rtdash's own topic" }, ...topics], findings, topicKey)
  checkPrefix(topics, /^(__|\.{1,2}$)/, "Kafka's own", findings)
}

/** Kafka refuses topics that differ only in `.` and `_`: their names collide in its metrics. */
const topicKey = (name: string): string => name.replaceAll('.', '_')

function tablesOf([entry, { name, source }]: [Entry, SourceScope]): Named[] {
  const { table } = source
  const span = spanOf(get(entry.value, 'table') ?? entry.keyNode)
  const of = (suffix: string) => `the ${suffix} of source ${name}`
  return [
    { name: table, what: of('table'), span },
    { name: names.deadLetters(table), what: of('dead letters'), span },
    { name: names.canaries(table), what: of('canaries'), span },
    { name: names.canaryView(table), what: of('canary view'), span },
  ]
}

function viewsOf({ key, keyNode }: Entry): Named[] {
  return [
    { name: key, what: `metric ${key}`, span: spanOf(keyNode) },
    { name: names.valuesView(key), what: `the values of metric ${key}`, span: spanOf(keyNode) },
  ]
}

function topicsOf([entry, { name, source }]: [Entry, SourceScope]): Named[] {
  const span = spanOf(get(entry.value, 'topic') ?? entry.keyNode)
  return [
    { name: source.topic, what: `the topic of source ${name}`, span },
    { name: names.deadLettersTopic(source.topic), what: `the dead letters of source ${name}`, span },
  ]
}

function checkUnique(all: readonly Named[], findings: Findings, keyOf = (name: string) => name): void {
  const taken = new Map<string, Named>()
  for (const named of all) {
    const other = taken.get(keyOf(named.name))
    if (other === undefined) taken.set(keyOf(named.name), named)
    else if (named.span !== undefined) {
      const where = other.span === undefined ? '' : ` (${other.span.file}:${other.span.line})`
      const code = other.span === undefined ? 'reserved-name' : 'name-collision'
      const message = `"${named.name}", ${named.what}, is already ${other.what}${where}`
      findings.error(code, named.span, message, 'rename one of them')
    }
  }
}

function checkPrefix(all: readonly Named[], prefix: RegExp, whose: string, findings: Findings): void {
  for (const { name, what, span } of all) {
    if (span === undefined || !prefix.test(name)) continue
    findings.error('reserved-name', span, `"${name}", ${what}: names that begin so are ${whose}`, 'choose another name')
  }
}
