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
  const at = spanOf(node.kind === 'scalar' ? node : (place.entry?.keyNode ?? { ...node, end: node.start + 1 }))
  const what = place.entry ? `"${short(place.entry.key)}"` : 'this entry'
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
      const owner = place.entry ? what : error.instancePath === '' ? 'the file' : 'this entry'
      const span = place.entry ? spanOf(place.entry.keyNode) : at
      findings.error('missing-key', span, `${owner} has no "${key}"`, `add \`${key}:\`${hint(error, key)}`)
      return
    }
    case 'pattern': {
      const text = error.propertyName ?? String(error.data)
      const span = error.propertyName === undefined ? at : spanOf(getEntry(node, error.propertyName)!.keyNode)
      const name = formatName(error.schemaPath)
      const explanation = explainFormat[name]?.(text) ?? {
        code: 'bad-value',
        message: `"${short(text)}" is not allowed here`,
      }
      findings.error(explanation.code, span, explanation.message, explanation.fix)
      return
    }
    case 'type': {
      const wanted = [error.schema as string | string[]].flat().map(typeName).join(' or ')
      findings.error('wrong-type', at, `${what} must be ${wanted}, not ${kindOf(node)}`, typeFix(error, node))
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
    case 'maximum': {
      const { minimum, maximum } = error.parentSchema as { minimum?: number; maximum?: number }
      const range = `from ${minimum} to ${maximum}`
      findings.error('out-of-range', at, `${what} is ${error.data}, it must be ${range}`, `write a number ${range}`)
      return
    }
    case 'minLength':
      findings.error('bad-value', at, `${what} is empty`, 'write a text, or remove the key')
      return
    case 'minItems':
    case 'minProperties':
      findings.error('bad-value', at, `${what} is empty`, `write at least ${error.schema}`)
      return
    case 'maxItems':
    case 'maxProperties':
      findings.error('out-of-range', at, `${what} has more than ${error.schema} entries`, 'split it')
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

function typeFix(error: ErrorObject, node: Node): string | undefined {
  const wanted = [error.schema as string | string[]].flat()
  if (node.kind !== 'scalar') return wanted.includes('object') ? 'write `name: value` lines under it' : undefined
  if (node.value === null) return 'write a value, or remove the key'
  if (wanted[0] === 'array') return `write [${node.value}]`
  const format = explainFormat[formatName(error.schemaPath)]
  if (format !== undefined) return format(String(node.value)).fix
  if (wanted.includes('string')) return `write "${node.value}" in quotes, if that text is meant`
  const isNumber = wanted.some(type => type === 'integer' || type === 'number')
  return isNumber && /^\d+$/.test(String(node.value)) ? `write ${node.value} without quotes` : undefined
}

/** `#/$defs/duration/pattern` → `duration`. */
const formatName = (schemaPath: string): string => /(?:\$defs|properties)\/(\w+)\/\w+$/.exec(schemaPath)?.[1] ?? ''
