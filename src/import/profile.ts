/** A column of the source to be, and what a sample of its values shows. */
export interface ColumnProfile {
  readonly name: string
  /** A type of the language. */
  readonly type: string
  /** Path of the JSON field, where it is not just the name. */
  readonly from?: string
  /** Different values in the sample. */
  readonly distinct: number
  /** Share of the sample without a value. */
  readonly absent: number
  /** Some of its values as text, where there are few. */
  readonly values?: readonly string[]
  /** Least and greatest, for numbers. */
  readonly least?: number
  readonly greatest?: number
  /** Why it is what it is, where that is not plain. */
  readonly note?: string
}

/** What was found out about a table or a topic. */
export interface SourceProfile {
  readonly kind: 'clickhouse' | 'topic'
  /** The table (`db.table`) or topic. */
  readonly from: string
  /** Rows or records that were looked at. */
  readonly sampled: number
  readonly columns: readonly ColumnProfile[]
  /** Columns that an event cannot have, each with the reason. */
  readonly leftOut: readonly { readonly name: string; readonly why: string }[]
  /** Peak events per second that the sample shows. */
  readonly peak?: number
  readonly format?: 'epoch_seconds' | 'epoch_millis'
  readonly partitions?: number
  readonly replication?: number
}
