import type { ErrorObject } from 'ajv'
import { didYouMean } from '../expr/suggest.js'
import type { Findings } from './findings.js'
import { explainFormat, short } from './formats.js'
import { type Entry, entriesOf, getEntry, type Node } from './yaml/node.js'
import { spanOf } from './yaml/sourceFile.js'

interface Place {
  readonly node: Node
  /** The key that the node stands under; none in lists and for the document. */
  readonly entry?: Entry
}

/** One violation of the schema as a finding at the key or value that caused it. */
export function describeSchemaError(error: ErrorObject, document: Node, findings: Findings): void {
  const place = find(document, error.instancePath)
  const { node } = place
  const params = error.params as Readonly<Record<string, unknown>>
  const at = spanOf(place.entry && node.kind !== 'scalar' ? place.entry.keyNode : node)
  const what = place.entry ? `"${short(place.entry.key)}"` : 'this'
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(params.additionalProperty)
      const known = Object.keys((error.parentSchema as { properties?: object }).properties ?? {})
      const suggestion = didYouMean(short(key), known)
      const list = `Known: ${known.join(', ')}`
      findings.error(
        'unknown-key',
        spanOf(getEntry(node, key)!.keyNode),
        `unknown key "${short(key)}"`,
        suggestion ? `${suggestion} ${list}` : list,
      )
      return
    }
    case 'required': {
      const key = String(params.missingProperty)
      findings.error(
        'missing-key',
        place.entry ? spanOf(place.entry.keyNode) : at,
        `${place.entry ? what : 'the file'} has no "${key}"`,
        `add \`${key}:\`${hint(error, key)}`,
      )
      return
    }
    case 'pattern': {
      const text = error.propertyName ?? String(error.data)
      const span = error.propertyName === undefined ? at : spanOf(getEntry(node, error.propertyName)!.keyNode)
      const name =
        /\$defs\/(\w+)\/pattern$/.exec(error.schemaPath)?.[1] ??
        /properties\/(\w+)\/pattern$/.exec(error.schemaPath)?.[1] ??
        ''
      const explanation = explainFormat[name]?.(text) ?? {
        code: 'bad-value',
        message: `"${short(text)}" is not allowed here`,
      }
      findings.error(explanation.code, span, explanation.message, explanation.fix)
      return
    }
    case 'type': {
      const wanted = [error.schema as string | string[]].flat()
      findings.error(
        'wrong-type',
        at,
        `${what} must be ${wanted.map(typeName).join(' or ')}, not ${kindOf(node)}`,
        typeFix(wanted, node),
      )
      return
    }
    case 'enum':
    case 'const': {
      const allowed = error.keyword === 'enum' ? (error.schema as unknown[]).map(String) : [String(error.schema)]
      const value = short(String(error.data))
      findings.error(
        'bad-value',
        at,
        `${what} cannot be ${typeof error.data === 'object' ? kindOf(node) : `"${value}"`}`,
        didYouMean(value, allowed) ?? `write ${allowed.join(' or ')}`,
      )
      return
    }
    case 'minimum':
    case 'maximum':
      findings.error(
        'out-of-range',
        at,
        `${what} must be ${error.keyword === 'minimum' ? 'at least' : 'at most'} ${error.schema}, not ${error.data}`,
      )
      return
    case 'minLength':
      findings.error('bad-value', at, `${what} is empty`, 'write a text, or remove the key')
      return
    case 'minItems':
    case 'minProperties':
      findings.error('bad-value', at, `${what} is empty`, `write at least ${error.schema}`)
      return
    case 'maxItems':
    case 'maxProperties':
      findings.error('out-of-range', at, `${what} has more than ${error.schema} entries`)
      return
    // `propertyNames` only repeats the pattern's finding.
    default:
  }
}

const hint = (error: ErrorObject, key: string): string => {
  const schema = (error.parentSchema as { properties?: Record<string, { examples?: unknown[] }> }).properties?.[key]
  const example = schema?.examples?.[0]
  return typeof example === 'string' || typeof example === 'number' ? `, for example \`${key}: ${example}\`` : ''
}

/** Walks a JSON pointer. */
function find(document: Node, pointer: string): Place {
  let place: Place = { node: document }
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~')
    const { node } = place
    if (node.kind === 'list') place = { node: node.items[Number(key)]! }
    else {
      const entry = entriesOf(node).find(each => each.key === key)!
      place = { node: entry.value, entry }
    }
  }
  return place
}

const typeNames: Readonly<Record<string, string>> = {
  object: 'a map',
  array: 'a list',
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  null: 'null',
}
const typeName = (type: string): string => typeNames[type] ?? type

function kindOf(node: Node): string {
  if (node.kind !== 'scalar') return node.kind === 'map' ? 'a map' : 'a list'
  if (node.value === null) return 'empty'
  return typeof node.value === 'string' ? `the text "${short(node.value)}"` : String(node.value)
}

function typeFix(wanted: readonly string[], node: Node): string | undefined {
  if (node.kind !== 'scalar') return undefined
  if (node.value === null) return 'write a value, or remove the key'
  if (wanted[0] === 'array') return `write [${node.value}]`
  if (wanted.includes('string')) return `write "${node.value}" in quotes, if that text is meant`
  if (wanted.some(type => type === 'integer' || type === 'number') && /^\d+$/.test(String(node.value)))
    return `write ${node.value} without quotes`
  return undefined
}
