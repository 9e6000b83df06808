import type { Setting, Target } from '../model/model.js'
import { type Findings, suggest } from './findings.js'
import { short } from './formats.js'
import { placeholders } from './placeholders.js'
import { defined } from './values.js'
import { type Entry, entriesOf, get, type Node, textOf } from './yaml/node.js'
import { spanWithin } from './yaml/scalarOffsets.js'
import { spanOf } from './yaml/sourceFile.js'

/** All targets of the file are checked, and the wanted one is returned. `local`, embedded, is always there. */
export function resolveTargets(document: Node, wanted: string, findings: Findings): Target | undefined {
  const entries = entriesOf(get(document, 'targets'))
  const targets = new Map<string, Target | undefined>([['local', { name: 'local', clickhouse: { kind: 'embedded' } }]])
  for (const entry of entries) targets.set(entry.key, resolveTarget(entry, findings))
  if (targets.has(wanted)) return targets.get(wanted)
  const at = { ...document, end: document.start + 1 }
  findings.error('unknown-target', spanOf(at), `there is no target "${short(wanted)}"`, suggest(wanted, targets.keys()))
  return undefined
}

function resolveTarget({ key: name, value: node }: Entry, findings: Findings): Target | undefined {
  const setting = (section: string, key: string): Setting | undefined =>
    resolveSetting(get(get(node, section), key), findings)
  const url = setting('clickhouse', 'url')
  const brokers = setting('kafka', 'brokers')
  const gateway = setting('flink', 'gateway')
  const jobmanager = setting('flink', 'jobmanager')
  const redis = setting('redis', 'url')
  const push = setting('push', 'url')
  const cluster = clusterName(get(get(node, 'clickhouse'), 'cluster'), findings)
  const embedded = textOf(get(node, 'clickhouse')) === 'embedded'
  if (!embedded && url === undefined) return undefined
  return defined<Target>({
    name,
    clickhouse:
      url === undefined
        ? { kind: 'embedded' }
        : defined<Extract<Target['clickhouse'], { kind: 'server' }>>({ kind: 'server', url, cluster }),
    kafka: brokers && { brokers },
    flink: gateway && defined<NonNullable<Target['flink']>>({ gateway, jobmanager }),
    redis: redis && { url: redis },
    push: push && { url: push },
  })
}

/** A scalar as written. Its `${…}` must be well formed; what they mean is the environment's matter, later. */
function resolveSetting(node: Node | undefined, findings: Findings): Setting | undefined {
  const template = textOf(node)
  if (template === undefined || node?.kind !== 'scalar') return undefined
  for (const part of placeholders(template)) {
    if (part.kind !== 'malformed') continue
    findings.error(
      'bad-placeholder',
      spanWithin(node, part.range),
      `"${short(template.slice(part.range.start, part.range.end))}" is not a \${NAME}`,
      `write \${NAME} or \${NAME:-default}, NAME of letters, digits and _`,
    )
  }
  return { template, span: spanOf(node) }
}

/** The cluster's name goes into DDL and into built files, so it is a name and not a setting. */
function clusterName(node: Node | undefined, findings: Findings): string | undefined {
  const name = textOf(node)
  if (name === undefined || /^[A-Za-z0-9_{}.-]{1,100}$/.test(name)) return name
  findings.error(
    'bad-name',
    spanOf(node!),
    `"${short(name)}" cannot be a cluster's name`,
    'write the name itself, of letters, digits, _ and -',
  )
  return undefined
}
