import type { ServiceConfig, SourceConfig } from '../../model/serviceConfig.js'
import { names } from '../../naming.js'
import type { RowColumn } from '../ingest/batch.js'
import { leadingColumns, letterColumns, placeColumns } from '../ingest/encoded.js'
import { createDecoder, type EventDecoder } from '../ingest/eventDecoder.js'

/** What a topic's records become: compiled once per configuration. */
export interface LoadedSource {
  readonly source: SourceConfig
  readonly database: string
  /** The topic holds dead letters of the front door. */
  readonly letters: boolean
  /** For records that the front door wrote, and for those of others. */
  readonly own: EventDecoder
  readonly others: EventDecoder
  readonly rawColumns: readonly RowColumn[]
}

export const letterPlaceColumns: readonly RowColumn[] = [...leadingColumns, ...placeColumns, ...letterColumns]

const compiled = new WeakMap<SourceConfig, LoadedSource>()

/** The topics that a configuration reads. */
export const topicsOf = (config: ServiceConfig): string[] =>
  config.sources.flatMap(({ topic }) => [topic, names.deadLettersTopic(topic)]).sort()

/** The source that a topic belongs to, undefined where the configuration has none (any more). */
export function sourceOf(config: ServiceConfig, topic: string): LoadedSource | undefined {
  const source = config.sources.find(each => each.topic === topic || names.deadLettersTopic(each.topic) === topic)
  if (!source) return undefined
  let found = compiled.get(source)
  if (found?.database !== config.database) {
    const own = createDecoder(source, { reads: 'records' })
    const others = createDecoder(source)
    const columns = others.columns.slice(leadingColumns.length)
    const rawColumns = [...leadingColumns, ...placeColumns, ...columns]
    found = { source, database: config.database, letters: false, own, others, rawColumns }
    compiled.set(source, found)
  }
  return source.topic === topic ? found : { ...found, letters: true }
}
