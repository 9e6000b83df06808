// The comment of an object says that it is ours and what made it: what rtdash did not make it never changes.
// `rtdash:<resource id> key=value … note`

/** Facts that a comment carries besides the resource's id. */
export interface MarkFacts {
  /** The instant of arrival from which a rollup's view counts; what came before is filled from raw. */
  readonly from?: string
  /** Buckets before this instant are not filled: they hold history that raw no longer has. */
  readonly keep?: string
  /** The rollup that these buckets come from, where they are not there yet. */
  readonly carry?: string
}

export const mark = (id: string, note: string, facts: MarkFacts = {}): string =>
  [`rtdash:${id}`, ...Object.entries(facts).map(([key, value]) => `${key}=${value}`), note].filter(Boolean).join(' ')

/** The resource id in a comment, or undefined for what is not ours. */
export const markedId = (comment: string): string | undefined => /^rtdash:(\S+)/.exec(comment)?.[1]

/** The facts in a comment of ours. */
export function markFacts(comment: string): MarkFacts {
  const fact = (key: string): string | undefined => new RegExp(` ${key}=(\\S+)`).exec(comment)?.[1]
  const [from, keep, carry] = [fact('from'), fact('keep'), fact('carry')]
  return {
    ...(from !== undefined && { from }),
    ...(keep !== undefined && { keep }),
    ...(carry !== undefined && { carry }),
  }
}
