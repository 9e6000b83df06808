import type { Model } from '../../model/model.js'
import type { ResourceOf } from '../../model/resource.js'
import { names } from '../../naming.js'
import { canaryInsert, metricInsert } from './inserts.js'
import { jobSettings } from './settings.js'
import { sinkStatement } from './sink.js'
import { sourceStatements } from './source.js'
import { streamed } from './streamed.js'

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
          inserts: [...metrics.map(metric => metricInsert(source, metric)), canaryInsert(source, metrics)],
        },
      },
    ]
  })
}
