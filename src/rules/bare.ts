import type { ColumnType } from '../model/columnType.js'

/** A column's type without `Nullable`. */
export const bare = (type: ColumnType): ColumnType => (type.kind === 'nullable' ? type.inner : type)
