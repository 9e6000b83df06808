import { parseColumnType } from '../expr/columnType.js'
import type { ColumnType } from '../model/columnType.js'
import type { Column, Source, TimestampFormat } from '../model/model.js'
import { rawColumns } from '../naming.js'
import { misfit } from './columnDefault.js'
import { sourceDefaults as defaults, partitionsFor } from './defaults.js'
import { type Findings, suggest } from './findings.js'
import { short } from './formats.js'
import { spansOf } from './spans.js'
import { defined, durationOf, durationOr, integerOf, jsonOf, oneOf, rateOf } from './values.js'
import { type Entry, entriesOf, get, getEntry, type Node, textOf } from './yaml/node.js'
import { spanOf } from './yaml/sourceFile.js'

/** A source as metrics see it, also when something in it is wrong. */
export interface SourceScope {
  readonly name: string
  readonly types: ReadonlyMap<string, ColumnType>
  /** JSON fields that an event may have at its top level. */
  readonly fields: ReadonlySet<string>
  readonly timestamp: string | undefined
  /** A column's name or type could not be read: expressions over it cannot be checked. */
  readonly broken: boolean
  readonly source: Source
}

const formats: readonly TimestampFormat[] = ['best_effort', 'epoch_seconds', 'epoch_millis']

export function resolveSource(entry: Entry, project: string, findings: Findings): SourceScope {
  const { key: name, value: node } = entry
  const columnEntries = entriesOf(get(node, 'columns'))
  const columns = columnEntries.flatMap(each => resolveColumn(each, name, findings) ?? [])
  const types = new Map(columns.map(column => [column.name, column.type]))
  const broken = columns.length < columnEntries.length || columnEntries.length === 0
  const columnRef = (key: string): string | undefined => reference(get(node, key), key, name, columnEntries, findings)
  const timestamp = columnRef('timestamp')
  const id = columnRef('id')
  const key = columnRef('key')
  checkRoles(node, { timestamp, id }, types, name, findings)
  const dedup = getEntry(node, 'dedup')
  if (dedup !== undefined && getEntry(node, 'id') === undefined) {
    findings.error(
      'dedup-without-id',
      spanOf(dedup.keyNode),
      `source ${name} has dedup but no id to tell events apart`,
      'add `id:` with a column that is unique per event, or remove dedup',
    )
  }
  const accept = get(node, 'accept')
  const retention = get(node, 'retention')
  const eventsPerSecond = rateOf(get(node, 'expect'), findings)
  const source = defined<Source>({
    name,
    topic: textOf(get(node, 'topic')) ?? `${project}.${name}`,
    table: textOf(get(node, 'table')) ?? name,
    timestamp: timestamp ?? '',
    key,
    id,
    dedupMs: id === undefined ? undefined : (durationOf(dedup?.value, findings) ?? defaults.dedupMs),
    columns,
    eventsPerSecond,
    latenessMs: durationOf(get(node, 'lateness'), findings) ?? defaults.latenessMs,
    accept: {
      olderMs: orDefault(durationOr(get(accept, 'older'), 'any', findings), defaults.olderMs),
      newerMs: durationOf(get(accept, 'newer'), findings) ?? defaults.newerMs,
    },
    retention: {
      topicMs: orDefault(durationOr(get(retention, 'topic'), 'forever', findings), defaults.topicMs),
      rawMs: orDefault(durationOr(get(retention, 'raw'), 'forever', findings), defaults.rawMs),
      rollupMs: orDefault(durationOr(get(retention, 'rollup'), 'forever', findings), defaults.rollupMs),
    },
    partitions: integerOf(get(node, 'partitions'), 1, 10_000) ?? partitionsFor(eventsPerSecond),
    replication: integerOf(get(node, 'replication'), 1, 10) ?? defaults.replication,
    format: oneOf(get(node, 'format'), formats),
    span: spanOf(entry.keyNode),
    spans: spansOf(node),
  })
  const fields = new Set(columns.map(column => column.from?.[0] ?? column.name))
  return { name, types, fields, timestamp, broken, source }
}

/** Null is a value here (forever, any), so `??` would not do. */
const orDefault = (value: number | null | undefined, otherwise: number): number | null =>
  value === undefined ? otherwise : value

function resolveColumn({ key: name, keyNode, value }: Entry, source: string, findings: Findings): Column | undefined {
  if (name.startsWith('_') || name === rawColumns.ingestedAt) {
    findings.error(
      'reserved-name',
      spanOf(keyNode),
      `source ${source}: the column name "${short(name)}" is reserved for rtdash`,
      `name it otherwise and take the field with \`from: ${short(name)}\``,
    )
  }
  const typeNode = value.kind === 'map' ? get(value, 'type') : value
  const text = textOf(typeNode)
  if (text === undefined) return undefined
  const parsed = parseColumnType(text)
  if (!parsed.ok) {
    findings.error(
      'bad-type',
      spanOf(typeNode!),
      `column ${short(name)}: ${parsed.message.slice(0, 400)}`,
      'write a type as ClickHouse does, such as String, UInt64, DateTime64(3)',
    )
    return undefined
  }
  const defaultNode = get(value, 'default')
  const standard = defaultNode === undefined ? undefined : jsonOf(defaultNode)
  const problem = standard === undefined ? undefined : misfit(parsed.type, standard)
  if (problem !== undefined)
    findings.error(
      'bad-default',
      spanOf(defaultNode!),
      `column ${name}: the default does not fit: ${short(problem)}`,
      'write a value of the type, or change the type',
    )
  return defined<Column>({
    name,
    type: parsed.type,
    from: textOf(get(value, 'from'))?.split('.'),
    default: standard,
    span: spanOf(keyNode),
  })
}

/** A key that names a column of this source. */
function reference(
  node: Node | undefined,
  key: string,
  source: string,
  columns: readonly Entry[],
  findings: Findings,
): string | undefined {
  const name = textOf(node)
  if (name === undefined) return undefined
  if (columns.some(column => column.key === name)) return name
  const known = columns.map(column => column.key)
  findings.error(
    'unknown-column',
    spanOf(node!),
    `source ${source}: ${key} names no column "${short(name)}"`,
    suggest(name, known, 'add it under columns'),
  )
  return undefined
}

/** The timestamp and the id must have types that can play their parts. */
function checkRoles(
  node: Node,
  roles: { timestamp: string | undefined; id: string | undefined },
  types: ReadonlyMap<string, ColumnType>,
  source: string,
  findings: Findings,
): void {
  const time = roles.timestamp === undefined ? undefined : types.get(roles.timestamp)
  if (time !== undefined && !(time.kind === 'datetime64' && time.precision === 3)) {
    findings.error(
      'bad-timestamp',
      spanOf(get(node, 'timestamp')!),
      `source ${source}: the timestamp column ${roles.timestamp} must be DateTime64(3)`,
      `write \`${roles.timestamp}: DateTime64(3)\` under columns`,
    )
  }
  const id = roles.id === undefined ? undefined : types.get(roles.id)
  const inner = id?.kind === 'lowCardinality' ? id.inner : id
  if (inner?.kind === 'nullable' || inner?.kind === 'float') {
    findings.error(
      'bad-id',
      spanOf(get(node, 'id')!),
      `source ${source}: the id ${roles.id} cannot be ${inner.kind === 'float' ? 'a float' : 'null'}`,
      'use UInt64, String or UUID',
    )
  }
}
