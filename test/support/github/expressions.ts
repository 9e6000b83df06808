import { data, Evaluator, Lexer, Parser } from '@actions/expressions'

/** Contexts of a step by name: `github`, `vars`, `inputs` … as plain data. */
export type Contexts = Readonly<Record<string, unknown>>

/** A text of a workflow with its `${{ … }}` replaced, by GitHub's own evaluator. */
export const interpolate = (text: string, contexts: Contexts): string =>
  text.replace(/\$\{\{(.*?)\}\}/gs, (_, expression: string) => evaluate(expression, contexts).coerceString())

/** Whether an `if:` holds. */
export function holds(condition: string, contexts: Contexts): boolean {
  const bare = /^\s*\$\{\{(.*)\}\}\s*$/s.exec(condition)?.[1] ?? condition
  const value = evaluate(bare, contexts)
  return !['', 'false', '0'].includes(value.coerceString())
}

function evaluate(expression: string, contexts: Contexts) {
  const dictionary = JSON.parse(JSON.stringify(contexts), data.reviver)
  const { tokens } = new Lexer(expression).lex()
  const tree = new Parser(tokens, Object.keys(contexts), []).parse()
  return new Evaluator(tree, dictionary).evaluate()
}
