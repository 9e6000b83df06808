import type { ReadExpr } from '../model/rollup.js'

const zeroWhenEmpty = new Set(['count', 'sum', 'uniq', 'uniq_exact'])

/** The value over no events at all: counts, sums and distinct counts are 0, every other aggregate null. */
export function emptyValue(expr: ReadExpr): number | null {
  switch (expr.kind) {
    case 'state':
      return zeroWhenEmpty.has(expr.fn) ? 0 : null
    case 'number':
      return Number(expr.text)
    case 'negate': {
      const operand = emptyValue(expr.operand)
      return operand === null ? null : 0 - operand
    }
    case 'arithmetic': {
      const left = emptyValue(expr.left)
      const right = emptyValue(expr.right)
      if (left === null || right === null || (expr.op === '/' && right === 0)) return null
      const value = { '+': left + right, '-': left - right, '*': left * right, '/': left / right }[expr.op]
      return Number.isFinite(value) ? value : null
    }
  }
}
