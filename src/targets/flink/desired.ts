import type { Metric, Model } from '../../model/model.js'
import type { ResourceOf } from '../../model/resource.js'
import { names } from '../../naming.js'
import { canaryInsert, metricInsert } from './inserts.js'
import { jobSettings } from './settings.js'
import { sinkStatement } from './sink.js'
import { sourceStatements, waitMs } from './source.js'
import { streamed } from './streamed.js'

/** How far the clocks of those who write, keep and read may differ. */
const CLOCKS_MS = 5000

const longestWindow = (metrics: readonly Metric[]): number =>
  Math.max(...metrics.map(({ window }) => (window.kind === 'trailing' ? window.ms : 0)))

/** One job for each source with metrics that Flink computes, so that its topic is read once. Pure. */
export function desired(model: Model): ResourceOf<'flink.job'>[] {
  return model.sources.flatMap(source => {
    const metrics = streamed(model, source)
    if (metrics.length === 0) return []
    return [
      {
        id: `flink.job/${source.name}`,
        kind: 'flink.job' as const,
        dependsOn: [`kafka.topic/${source.topic}`, `kafka.topic/${names.updatesTopic(model.project)}`].sort(),
        origin: source.span,
        spec: {
          name: names.flinkJob(model.project, source.name),
          settings: jobSettings(model, source),
          tables: [...sourceStatements(model, source), sinkStatement(model)],
          // The publisher has published what is older than it waits; all that may still come is whole.
          readBackMs: longestWindow(metrics) + waitMs(source) + CLOCKS_MS,
          inserts: [...metrics.map(metric => metricInsert(source, metric)), canaryInsert(source)],
        },
      },
    ]
  })
}
