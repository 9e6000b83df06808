/** A ClickHouse column type as a tree: the types that a source's column may have. */
export type ColumnType =
  | { readonly kind: 'int'; readonly bits: 8 | 16 | 32 | 64 | 128 | 256; readonly signed: boolean }
  | { readonly kind: 'float'; readonly bits: 32 | 64 }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'bool' }
  | { readonly kind: 'string' }
  | { readonly kind: 'uuid' }
  | { readonly kind: 'date' }
  | { readonly kind: 'datetime' }
  | { readonly kind: 'datetime64'; readonly precision: number }
  | { readonly kind: 'enum'; readonly values: readonly EnumValue[] }
  | { readonly kind: 'ipv4' }
  | { readonly kind: 'ipv6' }
  | { readonly kind: 'nullable'; readonly inner: ColumnType }
  | { readonly kind: 'lowCardinality'; readonly inner: ColumnType }

export interface EnumValue {
  readonly name: string
  readonly code: number
}
