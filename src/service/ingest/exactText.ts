// JSON.parse rounds numbers to doubles. Where a column can hold more digits, they are read from the text itself.

/**
 * The value at `path` as it stands in `json`, which must be valid JSON (JSON.parse has accepted it). Of keys that occur
 * twice the last one counts, as in JSON.parse. Undefined where there is no such value.
 */
export function exactText(json: string, path: readonly string[]): string | undefined {
  let text = json
  for (const key of path) {
    const found = member(text, key)
    if (found === undefined) return undefined
    text = found
  }
  return text.trim()
}

function member(json: string, key: string): string | undefined {
  let at = skipSpace(json, 0)
  if (json[at] !== '{') return undefined
  let found: string | undefined
  at = skipSpace(json, at + 1)
  while (json[at] === '"') {
    const nameEnd = stringEnd(json, at)
    const name = JSON.parse(json.slice(at, nameEnd)) as string
    at = skipSpace(json, skipSpace(json, nameEnd) + 1)
    const end = valueEnd(json, at)
    if (name === key) found = json.slice(at, end)
    at = skipSpace(json, end)
    if (json[at] === ',') at = skipSpace(json, at + 1)
  }
  return found
}

function skipSpace(json: string, from: number): number {
  let at = from
  while (json.charCodeAt(at) <= 32) at++
  return at
}

/** The index after the string that begins at `from`. */
function stringEnd(json: string, from: number): number {
  let at = from + 1
  while (json[at] !== '"') at += json[at] === '\\' ? 2 : 1
  return at + 1
}

function valueEnd(json: string, from: number): number {
  let depth = 0
  let at = from
  for (; at < json.length; at++) {
    const sign = json[at]
    if (sign === '"') at = stringEnd(json, at) - 1
    else if (sign === '{' || sign === '[') depth++
    else if (sign === '}' || sign === ']') {
      if (depth === 0) return at
      depth--
    } else if (sign === ',' && depth === 0) return at
  }
  return at
}
