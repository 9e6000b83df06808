import type { Metric, Model, Source } from '../../model/model.js'

/** The metrics of a source that Flink computes: tier 1, where the target has Flink and the topic it reads. By name. */
export const streamed = (model: Model, source: Source): readonly Metric[] =>
  model.target.flink && model.target.kafka
    ? model.metrics
        .filter(metric => metric.tier === 1 && metric.source === source.name)
        .sort((a, b) => (a.name < b.name ? -1 : 1))
    : []
