/** The parts of two plain values that differ, one a line: `- path: old`, `+ path: new`. At most `limit` of them. */
export function differences(before: unknown, after: unknown, limit = 40): string[] {
  const [was, is] = [leaves(before), leaves(after)]
  const lines = [...new Set([...was.keys(), ...is.keys()])].sort().flatMap(path => {
    const [old, now] = [was.get(path), is.get(path)]
    if (old === now) return []
    return [...(old === undefined ? [] : [`- ${path}: ${old}`]), ...(now === undefined ? [] : [`+ ${path}: ${now}`])]
  })
  return lines.length <= limit ? lines : [...lines.slice(0, limit), `… ${lines.length - limit} more lines`]
}

function leaves(value: unknown, path = '', found = new Map<string, string>()): Map<string, string> {
  if (typeof value !== 'object' || value === null) {
    if (value !== undefined) found.set(path, JSON.stringify(value))
    return found
  }
  for (const [key, inner] of Object.entries(value)) leaves(inner, path === '' ? key : `${path}.${key}`, found)
  return found
}
