import { printRow } from '../expr/print.js'
import type { RowExpr } from '../model/expr.js'
import type { State, StateFunction } from '../model/rollup.js'
import { names } from '../naming.js'

const bool = (nullable: boolean) => ({ base: 'bool', nullable }) as const

/** The conditions joined by `and`, each once and in a fixed order, so that equal filters are equal text. */
export function conjunction(conditions: readonly (RowExpr | undefined)[]): RowExpr | undefined {
  const byText = new Map<string, RowExpr>()
  for (const condition of conditions) for (const part of conjuncts(condition)) byText.set(printRow(part), part)
  const parts = [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, part]) => part)
  if (parts.length === 0) return undefined
  return parts.reduce((left, right) => ({
    kind: 'and',
    left,
    right,
    type: bool(left.type.nullable || right.type.nullable),
  }))
}

function conjuncts(condition: RowExpr | undefined): RowExpr[] {
  if (condition === undefined) return []
  if (condition.kind === 'and') return [...conjuncts(condition.left), ...conjuncts(condition.right)]
  return [condition]
}

/** `x is not null`, or nothing where it always holds. */
export const present = (operand: RowExpr): RowExpr | undefined =>
  operand.type.nullable ? { kind: 'isNull', negated: true, operand, type: bool(false) } : undefined

/** A state, named by what it is. */
export function makeState(fn: StateFunction, argument: RowExpr | undefined, filter: RowExpr | undefined): State {
  const call = `${fn}(${argument ? printRow(argument) : ''})`
  const definition = filter ? `${call} filter (where ${printRow(filter)})` : call
  return {
    name: names.state(fn, definition),
    fn,
    definition,
    ...(argument && { argument }),
    ...(filter && { filter }),
  }
}
