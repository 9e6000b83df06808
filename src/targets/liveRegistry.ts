import type { Kind } from '../model/resource.js'
import { clickhouse } from './clickhouse/live.js'
import { flink } from './flink/live.js'
import { kafka } from './kafka/live.js'
import type { LiveEngine } from './live.js'
import { service } from './service/live.js'

/** The live half of every engine: see registry.ts for what is compiled. */
export const liveEngines: readonly LiveEngine[] = [kafka, flink, clickhouse, service]

/** The engine whose resource it is. */
export function engineOf(kind: Kind): LiveEngine {
  const found = liveEngines.find(engine => engine.kinds.includes(kind))
  if (found === undefined) throw new Error(`no engine for ${kind}`)
  return found
}
