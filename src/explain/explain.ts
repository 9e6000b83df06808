import { planRollups } from '../compile/planRollups.js'
import type { Model, Source, Target } from '../model/model.js'
import type { Rollup, RollupPlan } from '../model/rollup.js'
import { limits } from '../rules/limits.js'
import { count, duration } from '../rules/text.js'
import { explainMetric } from './metric.js'
import { explainNodes } from './nodes.js'
import type { Decision, ExplainReport, RollupReport, SourceReport } from './report.js'

/** The decision tree's way for a model on its target, with the figures that decided it. Pure; metrics in the file's order. */
export function explainModel(model: Model, plan: RollupPlan = planRollups(model)): ExplainReport {
  const sources = new Map(model.sources.map(source => [source.name, source]))
  const readings = new Map(plan.readings.map(reading => [reading.metric, reading]))
  const rates = model.sources.flatMap(source => source.eventsPerSecond ?? [])
  return {
    project: model.project,
    target: model.target.name,
    viewers: model.viewers ?? null,
    eventsPerSecond: rates.length > 0 ? rates.reduce((sum, rate) => sum + rate, 0) : null,
    nodes: explainNodes(model),
    sources: model.sources.map(source => explainSource(source, model.target)),
    rollups: plan.rollups.map(rollup => explainRollup(rollup, plan)),
    metrics: model.metrics.map(metric =>
      explainMetric(model, sources.get(metric.source)!, metric, readings.get(metric.name)),
    ),
  }
}

const explainSource = (source: Source, target: Target): SourceReport => ({
  source: source.name,
  eventsPerSecond: source.eventsPerSecond ?? null,
  ingest: ingest(source, target),
  dedup: dedup(source, target),
})

function ingest({ topic, partitions, eventsPerSecond }: Source, target: Target): Decision<'kafka' | 'clickhouse'> {
  if (target.kafka)
    return { choice: 'kafka', why: `topic ${topic} of ${partitions} partitions, then loaded exactly once` }
  const rate = eventsPerSecond === undefined ? 'events/s not told' : `${count(eventsPerSecond)} events/s`
  return {
    choice: 'clickhouse',
    why: `inserted straight in batches: no Kafka in target ${target.name}, ${rate}, optional up to ${count(limits.events.large)}`,
  }
}

function dedup({ id, dedupMs }: Source, target: Target): Decision<'redis' | 'memory' | 'none'> {
  if (!id || dedupMs === undefined)
    return { choice: 'none', why: 'no id: an event sent again under another Idempotency-Key counts again' }
  const known = `an event whose ${id} was seen within ${duration(dedupMs)} counts once`
  return target.redis
    ? { choice: 'redis', why: known }
    : { choice: 'memory', why: `${known}; read back from raw events after a restart` }
}

const explainRollup = (rollup: Rollup, plan: RollupPlan): RollupReport => ({
  rollup: rollup.name,
  source: rollup.source,
  bucketMs: rollup.bucketMs,
  dimensions: rollup.dimensions,
  states: rollup.states.map(state => state.definition),
  metrics: plan.readings
    .filter(reading => reading.rungs.some(rung => rung.rollup === rollup.name))
    .map(reading => reading.metric),
})
