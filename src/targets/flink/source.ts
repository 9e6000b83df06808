import { flinkType } from '../../expr/flinkType.js'
import { flinkIdentifier as id } from '../../expr/valuesFlink.js'
import type { Model, Source } from '../../model/model.js'
import { names, rawColumns } from '../../naming.js'
import { interval, options } from './text.js'
import { zero } from './zero.js'

// What a source is to Flink: a table over its topic, and a view of it in which every column has its own name and type,
// the event time is a time, and what was sent twice is there once. All statements read the view.
//
// The topic holds what ingest writes: JSON, one object an event, fields named as the columns, the event time in epoch
// milliseconds, other times as ISO 8601 in UTC. A source that declares `format` is filled by others too: its event time
// may be in that format, absent fields get their defaults here, and events with an id are counted once here, where
// otherwise ingest has seen to both.

/** Event time, never after the record's own: one event from the future would make all that follow it late. */
export const ROWTIME = '_rowtime'
export const CANARY = rawColumns.canary
/** When the topic took the record. */
export const RECORDED = '_recorded'
const GROUP_OFFSETS = { 'scan.startup.mode': 'group-offsets' }
const ARRIVED = '_arrived'
const NTH = '_nth'

/** The table over the topic, by the name that only its view uses. */
const topicTable = (source: Source): string => `${source.name}__topic`

const filledByOthers = (source: Source): boolean => source.format !== undefined

export const deduplicated = (source: Source): boolean => filledByOthers(source) && source.id !== undefined

/** The statement, with its topic read from an instant on (epoch ms, by the records' own times). */
export const readFrom = (statement: string, ms: number): string =>
  statement.replace(
    `\n${options(GROUP_OFFSETS)},`,
    `\n${options({ 'scan.startup.mode': 'timestamp', 'scan.startup.timestamp-millis': String(ms) })},`,
  )

/** How long an idle partition holds the others up; a topic that is idle as a whole lets its last windows wait. */
const idleMs = (source: Source): number => Math.max(500, 2 * source.latenessMs)

/** What a window takes to be computed and sent once its watermark has come. */
const COMPUTING_MS = 300

/** How long after its end a window's value may take to arrive while all is well, an idle partition included. */
export const waitMs = (source: Source): number => idleMs(source) + source.latenessMs + COMPUTING_MS

/** The statements that make a source known, in order. */
export function sourceStatements(model: Model, source: Source): string[] {
  return [topicStatement(model, source), viewStatement(source)]
}

function topicStatement(model: Model, source: Source): string {
  const time = eventTime(source)
  const columns = [
    ...source.columns.map(
      ({ name, type }) => `${id(name)} ${name === source.timestamp ? wireType(source) : flinkType(type)}`,
    ),
    `${id(CANARY)} BIGINT`,
    `${id(RECORDED)} TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL`,
    `${id(ROWTIME)} AS CASE WHEN ${time} <= ${id(RECORDED)} THEN ${time} ELSE ${id(RECORDED)} END`,
    ...(deduplicated(source) ? [`${id(ARRIVED)} AS PROCTIME()`] : []),
    `WATERMARK FOR ${id(ROWTIME)} AS ${id(ROWTIME)} - ${interval(source.latenessMs)}`,
  ]
  const settings = {
    connector: 'kafka',
    topic: source.topic,
    'properties.bootstrap.servers': model.target.kafka!.brokers.template,
    'properties.group.id': names.flinkJob(model.project, source.name),
    'properties.auto.offset.reset': 'latest',
    ...GROUP_OFFSETS,
    'scan.topic-partition-discovery.interval': '30 s',
    'scan.watermark.idle-timeout': `${idleMs(source)} ms`,
    format: 'json',
    // What cannot be read the loader puts into the dead letters; here it must not stop the job.
    'json.ignore-parse-errors': 'true',
    'json.timestamp-format.standard': 'ISO-8601',
  }
  return `CREATE TEMPORARY TABLE ${id(topicTable(source))} (\n${columns.map(column => `  ${column}`).join(',\n')}\n) WITH (\n${options(settings)}\n)`
}

function viewStatement(source: Source): string {
  const own = source.columns.map(column => column.name)
  const given = [...own, CANARY, RECORDED, ROWTIME]
  const columns = source.columns.map(column => `${columnValue(source, column)} AS ${id(column.name)}`)
  const rows = [
    `SELECT ${[...columns, `COALESCE(${id(CANARY)}, 0) AS ${id(CANARY)}`, id(RECORDED), id(ROWTIME), ...(deduplicated(source) ? [id(ARRIVED)] : [])].join(', ')}`,
    `FROM ${id(topicTable(source))}`,
    // An event without a time is no event: the loader rejects it.
    `WHERE ${id(source.timestamp)} IS NOT NULL`,
  ].join(' ')
  const head = `CREATE TEMPORARY VIEW ${id(source.name)} AS\n`
  if (!deduplicated(source)) return head + rows
  const nth = `ROW_NUMBER() OVER (PARTITION BY ${id(source.id!)} ORDER BY ${id(ARRIVED)} ASC) AS ${id(NTH)}`
  const list = given.map(id).join(', ')
  return `${head}SELECT ${list} FROM (SELECT ${list}, ${nth} FROM (${rows})) WHERE ${id(NTH)} = 1`
}

function columnValue(source: Source, { name, type, default: otherwise }: Source['columns'][number]): string {
  const target = flinkType(type)
  if (name === source.timestamp) {
    const time = eventTime(source)
    return target === 'TIMESTAMP_LTZ(3)' ? time : `CAST(${time} AS ${target})`
  }
  const missing = filledByOthers(source) ? zero(type, otherwise) : undefined
  return missing === undefined ? id(name) : `COALESCE(${id(name)}, ${missing})`
}

/** The type of the event time as it stands in the topic. */
const wireType = ({ format }: Source): string =>
  format === 'best_effort' ? 'STRING' : format === 'epoch_seconds' ? 'DOUBLE' : 'BIGINT'

/** The event time as TIMESTAMP_LTZ(3), null where it cannot be read. Ingest's milliseconds are told from seconds by size. */
function eventTime({ timestamp, format }: Source): string {
  const at = id(timestamp)
  const number = (value: string): string =>
    `TO_TIMESTAMP_LTZ(CAST(CASE WHEN ${value} < 1E11 THEN ${value} * 1000 ELSE ${value} END AS BIGINT), 3)`
  if (format === 'epoch_seconds') return number(at)
  if (format !== 'best_effort') return `TO_TIMESTAMP_LTZ(${at}, 3)`
  const text = `REPLACE(REPLACE(REPLACE(${at}, 'T', ' '), 'Z', ''), '/', '-')`
  return `COALESCE(${number(`TRY_CAST(${at} AS DOUBLE)`)}, CAST(TRY_CAST(${text} AS TIMESTAMP(3)) AS TIMESTAMP_LTZ(3)))`
}
