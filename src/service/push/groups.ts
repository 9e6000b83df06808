import type { Group, Viewer } from './viewer.js'

/** Keeps viewers sorted by what they watch. */
export interface Groups {
  all(): Iterable<Group>
  /** Puts the viewer where its metrics and encoding belong; nowhere when it has none. */
  place(viewer: Viewer): void
  leave(viewer: Viewer): void
}

export function createGroups(): Groups {
  const groups = new Map<string, Group>()

  function leave(viewer: Viewer): void {
    const { group } = viewer
    if (!group) return
    viewer.group = undefined
    group.members.delete(viewer)
    if (group.members.size === 0) groups.delete(group.key)
  }

  return {
    all: () => groups.values(),
    leave,
    place: viewer => {
      leave(viewer)
      if (viewer.metrics.size === 0) return
      const metrics = [...viewer.metrics].sort()
      const key = `${viewer.encoding} ${metrics.join(' ')}`
      let group = groups.get(key)
      if (!group) {
        group = { key, metrics, set: new Set(metrics), encoding: viewer.encoding, members: new Set() }
        groups.set(key, group)
      }
      group.members.add(viewer)
      viewer.group = group
    },
  }
}
