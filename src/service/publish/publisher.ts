import type { MetricConfig, ServiceConfig } from '../../model/serviceConfig.js'
import { createJob, type Job, jobKey, type Publishing } from './job.js'

/** Computes every metric of the configuration once per refresh. */
export interface Publisher {
  apply(config: ServiceConfig | undefined): void
  stop(): void
}

/** Metrics with the same query and beat are one job; jobs that a new configuration leaves as they were just go on. */
export function createPublisher(publishing: Publishing): Publisher {
  let jobs = new Map<string, Job>()
  return {
    apply: config => {
      const before = jobs
      jobs = new Map()
      const sources = new Map(config?.sources.map(source => [source.name, source]))
      for (const [key, metrics] of groupByKey(config?.metrics ?? [])) {
        const job = before.get(key) ?? createJob(publishing, metrics[0]!)
        jobs.set(key, job)
        job.serve(metrics, sources.get(metrics[0]!.source))
      }
      for (const [key, job] of before) if (!jobs.has(key)) job.stop()
    },
    stop: () => {
      for (const job of jobs.values()) job.stop()
      jobs.clear()
    },
  }
}

function groupByKey(metrics: readonly MetricConfig[]): ReadonlyMap<string, readonly MetricConfig[]> {
  const groups = new Map<string, MetricConfig[]>()
  for (const metric of metrics) {
    const key = jobKey(metric)
    groups.set(key, [...(groups.get(key) ?? []), metric])
  }
  return groups
}
