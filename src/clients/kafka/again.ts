import { setTimeout as sleep } from 'node:timers/promises'
import { toKafkaError } from './error.js'
import type { KafkaError } from './kafkaError.js'

/** How often a question is asked at most, and the pause between two times. */
export const [ATTEMPTS, RETRY_MS] = [5, 300]
/** A coordinator that has just begun, or moved, first loads what it is to know. */
const COORDINATOR_ATTEMPTS = 30

/** Runs until it succeeds, as long as what it throws passes by itself; throws what the last attempt threw. */
export async function again<T>(
  run: () => Promise<T>,
  passing = ({ retryable }: KafkaError): boolean => retryable,
  attempts = ATTEMPTS,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run()
    } catch (error) {
      if (attempt >= attempts || !passing(toKafkaError(error, ''))) throw error
      await sleep(RETRY_MS)
    }
  }
}

/** For questions about a consumer group, which one broker answers. */
export const atCoordinator = <T>(run: () => Promise<T>): Promise<T> =>
  again(run, ({ type }) => type.includes('COORDINATOR'), COORDINATOR_ATTEMPTS)
