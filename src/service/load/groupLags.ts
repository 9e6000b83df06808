import type { KafkaAdmin } from '../../clients/kafka/admin.js'
import { groupLag } from '../../clients/kafka/lag.js'
import type { ServiceConfig } from '../../model/serviceConfig.js'
import { names } from '../../naming.js'
import type { Lag } from '../lag.js'

interface Parts {
  readonly kafka: KafkaAdmin
  readonly config: () => ServiceConfig | undefined
  readonly log: (message: string) => void
}

const LOOK_MS = 1000
/** An answer is good for so long; from then on what is not known may be as old as the answer. */
const GOOD_MS = 3000

/** How far the project's loaders, wherever they run, are behind each source's topic: Kafka is asked once a second. */
export function createGroupLags({ kafka, config, log }: Parts): Lag {
  const known = new Map<string, { readonly ms: number; readonly at: number }>()
  let failing = false
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  async function look(): Promise<void> {
    try {
      const current = config()
      for (const { name, topic } of current?.sources ?? []) {
        const lags = await groupLag(kafka, names.loaderGroup(current!.project), topic)
        known.set(name, { ms: Math.max(0, ...lags.map(({ ms }) => ms)), at: Date.now() })
      }
      failing = false
    } catch (error) {
      if (!failing) log(`the lag of the loaders is unknown: ${(error as Error).message}`)
      failing = true
    }
    if (!stopped) timer = setTimeout(look, LOOK_MS)
  }
  void look()

  return {
    of: source => {
      const last = known.get(source)
      if (last === undefined) return 0
      const age = Date.now() - last.at
      return age > GOOD_MS ? last.ms + age : last.ms
    },
    stop: () => {
      stopped = true
      clearTimeout(timer)
    },
  }
}
