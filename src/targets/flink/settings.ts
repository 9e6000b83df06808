import type { Model, Source } from '../../model/model.js'
import { names } from '../../naming.js'
import { limits } from '../../rules/limits.js'
import { deduplicated } from './source.js'

/** How a job runs. State is in memory up to the volume at which the decision tree asks for RocksDB. */
export function jobSettings(model: Model, source: Source): Record<string, string> {
  const volume = model.sources.reduce((sum, { eventsPerSecond = 0 }) => sum + eventsPerSecond, 0)
  const tasks = Math.ceil((source.eventsPerSecond ?? 0) / limits.eventsPerPartition)
  const settings: Record<string, string> = {
    'pipeline.name': names.flinkJob(model.project, source.name),
    'parallelism.default': String(Math.min(source.partitions, Math.max(1, tasks))),
    // Windows begin where UTC's do; the session's zone is also the one that texts are read in.
    'table.local-time-zone': 'UTC',
    'execution.checkpointing.interval': '10 s',
    // No event counts twice in a window after a restart; only the sink may repeat itself, under the same key.
    'execution.checkpointing.mode': 'EXACTLY_ONCE',
    'execution.checkpointing.externalized-checkpoint-retention': 'RETAIN_ON_CANCELLATION',
    // The two defaults, 100 and 200 ms, would be most of the latency of tier 1.
    'execution.buffer-timeout.interval': '5 ms',
    'pipeline.auto-watermark-interval': '50 ms',
    ...(volume > limits.events.huge
      ? { 'state.backend.type': 'rocksdb', 'execution.checkpointing.incremental': 'true' }
      : { 'state.backend.type': 'hashmap' }),
    // How long an id is remembered; windows end by the watermark, whatever this says.
    ...(deduplicated(source) && { 'table.exec.state.ttl': `${source.dedupMs} ms` }),
  }
  return Object.fromEntries(Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1)))
}
