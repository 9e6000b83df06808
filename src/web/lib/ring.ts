/** The newest `capacity` items in order of time, one for each timestamp. */
export interface Ring<T extends { readonly timestamp: number }> {
  readonly capacity: number
  readonly size: number
  readonly last: T | undefined
  /** Keeps the item in its place and says true; false when its timestamp is there already, or too old to be kept. */
  insert(item: T): boolean
  toArray(): T[]
}

/** An empty ring. Items mostly come in order, which costs nothing; older ones, from a past told later, find their place. */
export function createRing<T extends { readonly timestamp: number }>(capacity: number): Ring<T> {
  const items: T[] = []
  return {
    capacity,
    get size() {
      return items.length
    },
    get last() {
      return items.at(-1)
    },
    insert(item) {
      const before = items.findLastIndex(({ timestamp }) => timestamp <= item.timestamp)
      if (items[before]?.timestamp === item.timestamp) return false
      if (items.length === capacity) {
        if (before < 0) return false
        items.splice(before + 1, 0, item)
        items.shift()
      } else items.splice(before + 1, 0, item)
      return true
    },
    toArray: () => [...items],
  }
}
