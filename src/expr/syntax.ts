import type { ArithmeticOp, CompareOp, Range } from '../model/expr.js'

/**
 * What the grammar yields: names unresolved, nothing typed. `height` is the depth of the tree, `weight` its size once
 * written out for an engine.
 */
export type SyntaxNode = Range & { readonly height: number; readonly weight: number } & (
    | { readonly kind: 'column'; readonly name: string }
    | { readonly kind: 'string'; readonly value: string }
    | { readonly kind: 'number'; readonly text: string }
    | { readonly kind: 'bool'; readonly value: boolean }
    | { readonly kind: 'null' }
    | { readonly kind: 'negate' | 'not'; readonly operand: SyntaxNode }
    | { readonly kind: 'and' | 'or'; readonly left: SyntaxNode; readonly right: SyntaxNode }
    | { readonly kind: 'compare'; readonly op: CompareOp; readonly left: SyntaxNode; readonly right: SyntaxNode }
    | { readonly kind: 'arithmetic'; readonly op: ArithmeticOp; readonly left: SyntaxNode; readonly right: SyntaxNode }
    | {
        readonly kind: 'in'
        readonly negated: boolean
        readonly operand: SyntaxNode
        readonly list: readonly SyntaxNode[]
      }
    | {
        readonly kind: 'between'
        readonly negated: boolean
        readonly operand: SyntaxNode
        readonly low: SyntaxNode
        readonly high: SyntaxNode
      }
    | { readonly kind: 'like'; readonly negated: boolean; readonly operand: SyntaxNode; readonly pattern: SyntaxNode }
    | { readonly kind: 'isNull'; readonly negated: boolean; readonly operand: SyntaxNode }
    | {
        readonly kind: 'case'
        readonly branches: readonly { readonly when: SyntaxNode; readonly then: SyntaxNode }[]
        readonly otherwise?: SyntaxNode
      }
    /** `name` in lower case; it ends at `nameEnd`. */
    | {
        readonly kind: 'call'
        readonly name: string
        readonly nameEnd: number
        readonly args: readonly SyntaxNode[]
        readonly filter?: SyntaxNode
      }
  )

/** One kind of syntax node. */
export type SyntaxOf<K extends SyntaxNode['kind']> = Extract<SyntaxNode, { readonly kind: K }>
