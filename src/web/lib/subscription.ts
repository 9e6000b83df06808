/** The service refuses frames over 4 KiB: names are spread over as many frames as that takes. */
const FRAME_BYTES = 3_500

/**
 * The frames that subscribe `names`, each asking for what is newer than the newest seen of its metrics (0: all that is kept).
 * Metrics of one rhythm share their instants, so grouping by the newest one seen needs few frames and resumes exactly.
 */
export function subscribeFrames(names: readonly string[], newest: (name: string) => number): string[] {
  const groups = new Map<number, string[]>()
  for (const name of names) {
    const since = newest(name)
    groups.set(since, [...(groups.get(since) ?? []), name])
  }
  return [...groups].flatMap(([since, group]) =>
    chunks(group).map(metrics => JSON.stringify({ action: 'subscribe', metrics, since, batch: true })),
  )
}

/** The frames that unsubscribe `names`. */
export function unsubscribeFrames(names: readonly string[]): string[] {
  return chunks(names).map(metrics => JSON.stringify({ action: 'unsubscribe', metrics }))
}

function chunks(names: readonly string[]): string[][] {
  const encoder = new TextEncoder()
  const result: string[][] = []
  let room = 0
  for (const name of names) {
    const size = encoder.encode(JSON.stringify(name)).length + 1
    if (room < size || result.length === 0) {
      result.push([])
      room = FRAME_BYTES
    }
    result.at(-1)!.push(name)
    room -= size
  }
  return result
}
