import type { JsonValue } from '../model/model.js'
import { maxDurationMs, parseDuration } from './duration.js'
import type { Findings } from './findings.js'
import { type Node, numberOf, type ScalarNode, textOf, writtenText } from './yaml/node.js'
import { spanOf } from './yaml/sourceFile.js'

/** A duration in ms; undefined where there is none or it is not one, which the schema has reported. */
export function durationOf(node: Node | undefined, findings: Findings): number | undefined {
  const text = textOf(node)
  const ms = text === undefined ? undefined : parseDuration(text)
  if (ms === undefined || ms <= maxDurationMs) return ms
  findings.error('out-of-range', spanOf(node!), `${text} is longer than ten years`, 'write at most 3650d')
  return undefined
}

/** A duration, or null for the word (`forever`, `any`). */
export const durationOr = (node: Node | undefined, word: string, findings: Findings): number | null | undefined =>
  textOf(node) === word ? null : durationOf(node, findings)

/** Events per second of `5000/s`. */
export function rateOf(node: Node | undefined, findings: Findings): number | undefined {
  const text = textOf(node)
  if (text === undefined || !/^\d+(\.\d+)?\/s$/.test(text)) return undefined
  const rate = Number.parseFloat(text)
  if (rate > 0 && rate <= 1e9) return rate
  findings.error(
    'out-of-range',
    spanOf(node!),
    `${text} is not between 0 and 1000000000 events per second`,
    'write the peak, for example 5000/s',
  )
  return undefined
}

/** An integer in the range that the schema allows, else undefined. */
export function integerOf(node: Node | undefined, min: number, max: number): number | undefined {
  const value = numberOf(node)
  return value !== undefined && Number.isInteger(value) && value >= min && value <= max ? value : undefined
}

export function oneOf<T extends string | number>(node: Node | undefined, allowed: readonly T[]): T | undefined {
  const value = textOf(node) ?? numberOf(node)
  return allowed.find(each => each === value)
}

/** A node as JSON. Numbers that JavaScript would round keep their digits as text, which every engine's JSON reader accepts. */
export function jsonOf(node: Node): JsonValue {
  if (node.kind === 'list') return node.items.map(jsonOf)
  if (node.kind === 'map') return Object.fromEntries(node.entries.map(entry => [entry.key, jsonOf(entry.value)]))
  return typeof node.value === 'number' && isRounded(node) ? writtenText(node).replace(/^\+/, '') : node.value
}

function isRounded(node: ScalarNode): boolean {
  if (!Number.isFinite(node.value)) return true
  const written = writtenText(node)
  return /^[-+]?\d*\.?\d+$/.test(written) && written.replace(/^[-+]?[0.]*|\./g, '').length > 15
}

/** Only the keys that have a value: what `exactOptionalPropertyTypes` asks for. */
export function defined<T extends object>(object: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T
}
