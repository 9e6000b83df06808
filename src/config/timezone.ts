import { didYouMean } from '../expr/suggest.js'
import type { Findings } from './findings.js'
import { short } from './formats.js'
import { type Node, textOf } from './yaml/node.js'
import { spanOf } from './yaml/sourceFile.js'

/** The project's IANA zone, `UTC` by default. ClickHouse takes names in their exact case only, Intl in any. */
export function resolveTimezone(node: Node | undefined, findings: Findings): string {
  const zone = textOf(node)
  if (zone === undefined || zone === 'UTC') return 'UTC'
  const known = Intl.supportedValuesOf('timeZone')
  if (known.includes(zone)) return zone
  const sameButCase = known.find(each => each.toLowerCase() === zone.toLowerCase())
  // Older names (US/Pacific) are links that the list leaves out.
  if (sameButCase === undefined && /^[A-Z][\w+-]*(\/[A-Z][\w+-]*)*$/.test(zone) && isZone(zone)) return zone
  const fix = sameButCase === undefined ? didYouMean(short(zone), known) : `did you mean "${sameButCase}"?`
  findings.error(
    'bad-timezone',
    spanOf(node!),
    `there is no time zone "${short(zone)}"`,
    fix ?? 'write an IANA name: Europe/Berlin',
  )
  return 'UTC'
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
