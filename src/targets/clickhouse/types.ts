import { columnTypeText } from '../../expr/columnType.js'
import type { ColumnType } from '../../model/columnType.js'

/** A column type as our tables have it: every instant carries UTC, so that no server's own zone leaks into a value. */
export const storedTypeText = (type: ColumnType): string => {
  switch (type.kind) {
    case 'datetime':
      return "DateTime('UTC')"
    case 'datetime64':
      return `DateTime64(${type.precision}, 'UTC')`
    case 'nullable':
      return `Nullable(${storedTypeText(type.inner)})`
    case 'lowCardinality':
      return `LowCardinality(${storedTypeText(type.inner)})`
    default:
      return columnTypeText(type)
  }
}

export const isNullable = (type: ColumnType): boolean =>
  type.kind === 'nullable' || (type.kind === 'lowCardinality' && isNullable(type.inner))

/** Instants and counters compress best as differences; the rest by ZSTD alone. */
export const codecOf = (type: ColumnType): string => {
  switch (type.kind) {
    case 'datetime':
      return 'Delta(4), ZSTD(1)'
    case 'datetime64':
      return 'Delta(8), ZSTD(1)'
    case 'nullable':
      return codecOf(type.inner)
    default:
      return 'ZSTD(1)'
  }
}
