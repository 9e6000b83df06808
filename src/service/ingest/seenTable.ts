/** Load at which the table is made again, larger or freed of what has expired. */
const FULL = 0.7
const SMALLEST = 1024

/** Whole seconds, as `SeenTable` counts time. */
export const nowSeconds = (): number => Math.floor(Date.now() / 1000)

/**
 * Remembers 64-bit values for a time: open addressing in flat arrays, 20 bytes a slot with its two counts. Times are
 * whole seconds; a slot whose time is past is free again, so memory is bounded by what is seen within `seconds`.
 */
export class SeenTable {
  size = 0
  private low = new Uint32Array(SMALLEST)
  private high = new Uint32Array(SMALLEST)
  /** Second at which it was seen, plus 1; 0 is a slot never used. */
  private time = new Uint32Array(SMALLEST)
  private first: Uint32Array
  private second: Uint32Array

  constructor(
    private readonly seconds: number,
    /** Keep two counts with each value. */
    private readonly withCounts = false,
  ) {
    this.first = new Uint32Array(withCounts ? SMALLEST : 0)
    this.second = new Uint32Array(withCounts ? SMALLEST : 0)
  }

  /** True when `low`/`high` was seen within the time; else it is remembered from `now` (seconds) on. */
  claim(low: number, high: number, now: number, first = 0, second = 0): boolean {
    const found = this.find(low, high)
    if (found >= 0 && this.live(found, now)) return true
    if (found >= 0) this.put(found, low, high, now, first, second)
    else this.insert(low, high, now, first, second)
    return false
  }

  /** The two counts kept with a value that was seen within the time. */
  counts(low: number, high: number, now: number): { first: number; second: number } | undefined {
    const found = this.find(low, high)
    if (found < 0 || !this.live(found, now)) return undefined
    return { first: this.first[found]!, second: this.second[found]! }
  }

  /** Forgets a value. Its slot stays taken until the table is made again: others may lie behind it. */
  release(low: number, high: number): void {
    const found = this.find(low, high)
    if (found >= 0) this.time[found] = 1
  }

  get bytes(): number {
    return this.low.length * (this.withCounts ? 20 : 12)
  }

  private live(at: number, now: number): boolean {
    const time = this.time[at]!
    return time > 1 && now - (time - 1) < this.seconds
  }

  private slot(low: number, high: number): number {
    const mixed = Math.imul(low ^ Math.imul(high, 0x85ebca6b), 0x9e3779b1)
    return (mixed ^ (mixed >>> 15)) & (this.low.length - 1)
  }

  private find(low: number, high: number): number {
    const mask = this.low.length - 1
    for (let at = this.slot(low, high); this.time[at] !== 0; at = (at + 1) & mask) {
      if (this.low[at] === low && this.high[at] === high) return at
    }
    return -1
  }

  private insert(low: number, high: number, now: number, first: number, second: number): void {
    if (this.size + 1 > this.low.length * FULL) this.rebuild(now)
    const mask = this.low.length - 1
    let at = this.slot(low, high)
    while (this.time[at] !== 0) at = (at + 1) & mask
    this.size++
    this.put(at, low, high, now, first, second)
  }

  private put(at: number, low: number, high: number, now: number, first: number, second: number): void {
    this.low[at] = low
    this.high[at] = high
    this.time[at] = now + 1
    if (!this.withCounts) return
    this.first[at] = first
    this.second[at] = second
  }

  private rebuild(now: number): void {
    const { low, high, time, first, second } = this
    let live = 0
    for (let at = 0; at < time.length; at++) if (this.live(at, now)) live++
    const capacity = Math.max(SMALLEST, 2 ** Math.ceil(Math.log2((live + 1) / (FULL / 2))))
    this.low = new Uint32Array(capacity)
    this.high = new Uint32Array(capacity)
    this.time = new Uint32Array(capacity)
    this.first = new Uint32Array(this.withCounts ? capacity : 0)
    this.second = new Uint32Array(this.withCounts ? capacity : 0)
    this.size = 0
    for (let at = 0; at < time.length; at++) {
      const seen = time[at]! - 1
      if (seen > 0 && now - seen < this.seconds) this.insert(low[at]!, high[at]!, seen, first[at] ?? 0, second[at] ?? 0)
    }
  }
}
