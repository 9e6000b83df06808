import { Composer, type Document, Lexer, type ParsedNode, Parser, type YAMLError } from 'yaml'
import type { Findings } from '../findings.js'
import { buildTree } from './buildTree.js'
import { maxDepth, maxSyntaxErrors, maxTokens } from './limits.js'
import type { Node } from './node.js'
import { type SourceFile, spanOf } from './sourceFile.js'

type Token = Parameters<Composer['next']>[0]

/** The file as a tree with positions, or undefined where it is not YAML that can be gone on with. */
export function parseYaml(file: SourceFile, findings: Findings): Node | undefined {
  const tokens = tokenize(file, findings)
  if (tokens === undefined) return undefined
  // Duplicate keys are looked for in buildTree: the library compares each key with each other.
  const composer = new Composer({
    schema: 'core',
    merge: false,
    uniqueKeys: false,
    keepSourceTokens: false,
    prettyErrors: false,
  })
  const documents = [...composer.compose(tokens, true, file.text.length)] as Document.Parsed<ParsedNode>[]
  const [document, second] = documents
  const problems = documents.flatMap(each => [...each.errors, ...each.warnings])
  for (const problem of problems.slice(0, maxSyntaxErrors)) reportSyntax(problem, file, findings)
  if (second !== undefined) {
    const start = second.range[0]
    findings.error(
      'yaml-documents',
      spanOf({ file, start, end: start + 3 }),
      'a second document begins here; a metrics file is one',
      'remove the `---`, or move the rest to a file of its own and `include` it',
    )
  }
  if (problems.length > 0 || document === undefined) return undefined
  if (document.directives?.yaml.explicit && document.directives.yaml.version !== '1.2') {
    findings.error(
      'yaml-syntax',
      spanOf({ file, start: 0, end: 1 }),
      `YAML ${document.directives.yaml.version} reads yes, no and numbers differently; metrics files are YAML 1.2`,
      'remove the %YAML line',
    )
    return undefined
  }
  return buildTree(document.contents, file, findings)
}

/** Reads token by token and stops at the first limit: a hostile file costs no more than an honest one. */
function tokenize(file: SourceFile, findings: Findings): Token[] | undefined {
  const parser = new Parser()
  const tokens: Token[] = []
  let count = 0
  for (const lexeme of new Lexer().lex(file.text)) {
    tokens.push(...parser.next(lexeme))
    const at = { file, start: parser.offset, end: parser.offset + 1 }
    if (++count > maxTokens) {
      findings.error('too-large', spanOf(at), `more than ${maxTokens} tokens`, 'split the file and `include` the parts')
      return undefined
    }
    if (parser.stack.length > maxDepth) {
      findings.error(
        'too-deep',
        spanOf(at),
        `nested more than ${maxDepth} levels deep`,
        'check the indentation and brackets before this place',
      )
      return undefined
    }
  }
  tokens.push(...parser.end())
  return tokens
}

const fixes: Partial<Record<YAMLError['code'], string>> = {
  TAB_AS_INDENT: 'indent with spaces',
  BAD_INDENT: 'line it up with the entries above',
  BLOCK_AS_IMPLICIT_KEY: 'put the value in quotes, or the nested part on lines of its own',
  MULTILINE_IMPLICIT_KEY: 'is a `:` missing, or a closing quote or bracket?',
  MISSING_CHAR: 'add the missing character',
  BAD_SCALAR_START: 'put the value in quotes',
  BAD_DQ_ESCAPE: "write the text in 'single quotes', where a backslash is just a backslash",
  TAG_RESOLVE_FAILED: 'remove the tag',
}

function reportSyntax(problem: YAMLError, file: SourceFile, findings: Findings): void {
  const [start, end] = problem.pos
  const message = problem.message.replace(/\s+/g, ' ').slice(0, 200)
  findings.error(
    'yaml-syntax',
    spanOf({ file, start, end: Math.min(end, start + 80) }),
    `not valid YAML: ${lowerFirst(message)}`,
    fixes[problem.code],
  )
}

const lowerFirst = (text: string): string => (/^[A-Z][a-z ]/.test(text) ? text[0]!.toLowerCase() + text.slice(1) : text)
