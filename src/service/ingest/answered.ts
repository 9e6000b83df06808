import type { EventError } from './encoded.js'
import { nowSeconds, SeenTable } from './seenTable.js'

/** The body of a 202. */
export interface Answer {
  readonly accepted: number
  readonly rejected: number
  readonly errors: readonly EventError[]
}

const DAY_S = 86_400
/** Answers kept whole; older ones are given again with their counts alone. */
const WHOLE_ANSWERS = 1000

/** What requests with an Idempotency-Key were answered, for a day. */
export class Answered {
  /** Counts by key; refilled after a restart. */
  readonly keys = new SeenTable(DAY_S, true)
  private readonly whole = new Map<bigint, Answer>()
  private readonly running = new Map<bigint, Promise<Answer>>()

  /** The answer that a request with this key got, or will get. */
  to(key: bigint): Promise<Answer> | Answer | undefined {
    if (key === 0n) return undefined
    const known = this.running.get(key) ?? this.whole.get(key)
    if (known) return known
    const found = this.keys.counts(...halves(key), nowSeconds())
    return found && { accepted: found.first, rejected: found.second, errors: [] }
  }

  /** A request that is under way: one with the same key that comes meanwhile gets the same answer. */
  begin(key: bigint, answer: Promise<Answer>): void {
    if (key === 0n) return
    this.running.set(key, answer)
    const forget = () => void this.running.delete(key)
    answer.then(forget, forget)
  }

  keep(key: bigint, answer: Answer): void {
    if (key === 0n) return
    this.keys.claim(...halves(key), nowSeconds(), answer.accepted, answer.rejected)
    this.whole.set(key, answer)
    if (this.whole.size > WHOLE_ANSWERS) this.whole.delete(this.whole.keys().next().value!)
  }
}

const halves = (key: bigint): [low: number, high: number] => [Number(key & 0xffffffffn), Number(key >> 32n)]
