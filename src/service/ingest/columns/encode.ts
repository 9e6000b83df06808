import type { RowWriter } from '../rowWriter.js'

/**
 * Writes one JSON value in RowBinary form, or says why it does not fit (and may leave half a value behind: the caller
 * takes the row back). `json` is the text of the whole event, for digits that JSON.parse has rounded away.
 */
export type Encode = (value: unknown, out: RowWriter, json: string) => string | undefined

/** A value as an error message shows it. */
export function show(value: unknown): string {
  const text =
    typeof value === 'string'
      ? JSON.stringify(value)
      : value !== null && typeof value === 'object'
        ? Array.isArray(value)
          ? 'an array'
          : 'an object'
        : String(value)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
