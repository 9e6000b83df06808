const BASE_MS = 500
const CAP_MS = 20_000

/** How long to wait before try number `attempt` (from 0): doubling, capped, and spread so that clients don't return together. */
export function backoffDelay(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(CAP_MS, BASE_MS * 2 ** Math.min(attempt, 10))
  return ceiling / 2 + random() * (ceiling / 2)
}
