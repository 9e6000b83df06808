import type { KafkaConnection } from '../../clients/kafka/connection.js'
import type { MetricConfig } from '../../model/serviceConfig.js'
import { createJob, type Job, jobKey, type Publisher, type Publishing } from './job.js'
import { createStreamed } from './streamed.js'

/**
 * Metrics with the same query and beat are one job; jobs that a new configuration leaves as they were just go on. With
 * Kafka, metrics that Flink computes are taken from there.
 */
export function createPublisher(publishing: Publishing, kafka?: KafkaConnection): Publisher {
  if (kafka === undefined) return createComputed(publishing, () => true)
  const parts = [createComputed(publishing, metric => !metric.streamed), createStreamed(publishing, kafka)]
  return {
    apply: config => {
      for (const part of parts) part.apply(config)
    },
    stop: () => {
      for (const part of parts) part.stop()
    },
  }
}

function createComputed(publishing: Publishing, ours: (metric: MetricConfig) => boolean): Publisher {
  let jobs = new Map<string, Job>()
  return {
    apply: config => {
      const before = jobs
      jobs = new Map()
      const sources = new Map(config?.sources.map(source => [source.name, source]))
      for (const [key, metrics] of groupByKey((config?.metrics ?? []).filter(ours))) {
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
