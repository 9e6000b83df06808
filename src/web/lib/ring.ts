/** The newest `capacity` items, oldest first; each has a timestamp greater than the one before it. */
export interface Ring<T extends { readonly timestamp: number }> {
  readonly capacity: number
  readonly size: number
  readonly last: T | undefined
  /** Keeps the item and says true, or false when it is not newer than the newest: one sent twice counts once. */
  append(item: T): boolean
  toArray(): T[]
}

/** An empty ring; appending past `capacity` forgets the oldest. */
export function createRing<T extends { readonly timestamp: number }>(capacity: number): Ring<T> {
  const slots: T[] = []
  let start = 0
  const last = () => slots[(start + slots.length - 1) % slots.length]
  return {
    capacity,
    get size() {
      return slots.length
    },
    get last() {
      return last()
    },
    append(item) {
      const newest = last()
      if (newest && item.timestamp <= newest.timestamp) return false
      if (slots.length < capacity) slots.push(item)
      else {
        slots[start] = item
        start = (start + 1) % capacity
      }
      return true
    },
    toArray: () => [...slots.slice(start), ...slots.slice(0, start)],
  }
}
