import type { ColumnType } from '../model/columnType.js'

/** Flink SQL's type for a column. Flink has no unsigned and no 128-bit integers, and 38 digits of decimals at most. */
export function flinkType(type: ColumnType): string {
  switch (type.kind) {
    case 'int':
      return flinkInteger(type.signed ? type.bits : type.bits + 1, type.bits)
    case 'float':
      return type.bits === 32 ? 'FLOAT' : 'DOUBLE'
    case 'decimal':
      return type.precision <= 38 ? `DECIMAL(${type.precision}, ${type.scale})` : 'DOUBLE'
    case 'bool':
      return 'BOOLEAN'
    case 'date':
      return 'DATE'
    case 'datetime':
      return 'TIMESTAMP_LTZ(0)'
    case 'datetime64':
      return `TIMESTAMP_LTZ(${type.precision})`
    case 'nullable':
    case 'lowCardinality':
      return flinkType(type.inner)
    default:
      return 'STRING'
  }
}

/** The smallest integer of `needed` bits, sign included; an unsigned 64-bit one takes 20 digits, wider ones 38. */
function flinkInteger(needed: number, bits: number): string {
  if (needed <= 8) return 'TINYINT'
  if (needed <= 16) return 'SMALLINT'
  if (needed <= 32) return 'INT'
  if (needed <= 64) return 'BIGINT'
  return bits === 64 ? 'DECIMAL(20, 0)' : 'DECIMAL(38, 0)'
}

/** Whether Flink can hold every value of the column exactly; where not, wide values become null or are rounded. */
export function isExactInFlink(type: ColumnType): boolean {
  if (type.kind === 'nullable' || type.kind === 'lowCardinality') return isExactInFlink(type.inner)
  if (type.kind === 'int') return type.bits <= 64
  return type.kind !== 'decimal' || type.precision <= 38
}
