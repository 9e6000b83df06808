import type { MetricConfig, ServiceConfig } from '../../model/serviceConfig.js'
import { meaningOf } from '../publish/meaning.js'
import { createRing, type Ring } from './ring.js'

interface Entry {
  readonly meaning: string
  readonly ring: Ring
}

/** The kept updates of all metrics of the configuration. */
export interface Rings {
  get(metric: string): Ring | undefined
  /** Takes a configuration: metrics that mean the same keep their ring. Tells which rings are new and which are gone. */
  apply(config: ServiceConfig | undefined): {
    readonly added: readonly MetricConfig[]
    readonly removed: readonly string[]
  }
}

/** `ready`: whether new rings are complete from the start. */
export function createRings(ready = true): Rings {
  let entries = new Map<string, Entry>()
  return {
    get: metric => entries.get(metric)?.ring,
    apply: config => {
      const before = entries
      const added: MetricConfig[] = []
      entries = new Map()
      for (const metric of config?.metrics ?? []) {
        const meaning = meaningOf(metric)
        const known = before.get(metric.name)
        if (known?.meaning !== meaning) added.push(metric)
        const floor = known?.ring.newest()?.timestamp
        entries.set(metric.name, known?.meaning === meaning ? known : { meaning, ring: createRing(floor, ready) })
      }
      return { added, removed: [...before.keys()].filter(name => !entries.has(name)) }
    },
  }
}
