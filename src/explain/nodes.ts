import { counted } from '../format/counted.js'
import type { Model } from '../model/model.js'
import { limits } from '../rules/limits.js'
import { count } from '../rules/text.js'
import type { NodesOf } from './report.js'

/** Viewers that one push node of several should carry: the tree's 10,000 on four. */
const viewersPerNode = limits.viewers.fanOut / 4

/** How many nodes of each component the target's figures ask for; components that it does without are named with 0. */
export function explainNodes(model: Model): NodesOf[] {
  const rates = model.sources.flatMap(source => source.eventsPerSecond ?? [])
  const events: Events = { rate: rates.reduce((sum, rate) => sum + rate, 0), told: rates.length > 0 }
  return [kafka(model, events), flink(model, events), clickhouse(model, events), redis(model), push(model)]
}

/** Sum over the sources that tell theirs. */
interface Events {
  readonly rate: number
  readonly told: boolean
}

const told = ({ rate, told: known }: Events): string => (known ? `${count(rate)} events/s` : 'events/s not told')
const crowdOf = (viewers: number | undefined): string =>
  viewers === undefined ? 'viewers not told' : `${count(viewers)} viewers`

const optionalBelow = `optional up to ${count(limits.events.large)}/s`

function kafka({ target, sources }: Model, events: Events): NodesOf {
  if (!target.kafka)
    return { component: 'kafka', choice: 0, why: `not in the target; ${optionalBelow}, here ${told(events)}` }
  const replication = Math.max(...sources.map(source => source.replication))
  const choice = Math.max(events.rate > limits.events.huge ? 6 : 3, replication)
  return {
    component: 'kafka',
    choice,
    why: `${told(events)}, replication ${replication}, ${partitions(sources)}`,
  }
}

const partitions = (sources: Model['sources']): string =>
  counted(
    sources.reduce((sum, source) => sum + source.partitions, 0),
    'partition',
  )

function flink({ target, sources, metrics }: Model, events: Events): NodesOf {
  const tier1 = metrics.filter(metric => metric.tier === 1)
  if (!target.flink) {
    const instead =
      tier1.length === 0 ? 'no metric of tier 1' : `${counted(tier1.length, 'metric')} of tier 1 from short buckets`
    return { component: 'flink', choice: 0, why: `not in the target; ${instead}` }
  }
  const jobs = new Set(tier1.map(metric => metric.source))
  const tasks = sources.filter(source => jobs.has(source.name)).reduce((sum, source) => sum + source.partitions, 0)
  const backend = events.rate > limits.events.huge ? 'state in RocksDB' : 'state in memory'
  return {
    component: 'flink',
    choice: jobs.size === 0 ? 0 : 1,
    why: `${counted(jobs.size, 'job')}, at most ${counted(tasks, 'task')} (one a partition), ${backend} at ${told(events)}`,
  }
}

function clickhouse({ target }: Model, events: Events): NodesOf {
  const why = `${told(events)}; one node up to ${count(limits.events.large)}, three or more above`
  if (target.clickhouse.kind === 'embedded')
    return { component: 'clickhouse', choice: 1, why: `embedded, in the service's own process tree; ${why}` }
  if (!target.clickhouse.cluster) return { component: 'clickhouse', choice: 1, why: `no cluster named; ${why}` }
  const distributed = events.rate > limits.events.huge ? ', with distributed tables' : ''
  return { component: 'clickhouse', choice: 3, why: `cluster ${target.clickhouse.cluster}; ${why}${distributed}` }
}

function redis({ target, viewers }: Model): NodesOf {
  const needed = `needed above ${limits.viewers.direct} viewers, here ${crowdOf(viewers)}`
  if (!target.redis) return { component: 'redis', choice: 0, why: `not in the target; ${needed}` }
  return {
    component: 'redis',
    choice: 1,
    why: `fan-out between push nodes, answers and ids for all of them; ${needed}`,
  }
}

function push(model: Model): NodesOf {
  const { target, viewers = 0 } = model
  const crowd = crowdOf(model.viewers)
  if (viewers <= limits.viewers.direct)
    return { component: 'push', choice: 1, why: `${crowd}; one node up to ${limits.viewers.direct}` }
  if (!target.redis)
    return {
      component: 'push',
      choice: 1,
      why: `${crowd}, but without Redis several nodes cannot share updates`,
    }
  const choice = Math.max(2, Math.ceil(viewers / viewersPerNode))
  const cdn = viewers > limits.viewers.fanOut ? ', fewer behind a CDN that holds the streams' : ''
  return {
    component: 'push',
    choice,
    why: `${crowd}, ${count(viewersPerNode)} a node, two at least so that one may restart${cdn}`,
  }
}
