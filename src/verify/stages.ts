import { type Passage, passages, stageTimes } from './arrivals.js'
import type { Evidence } from './check.js'
import type { StageTimes } from './report.js'

/** The way of each counted canary to the first viewer of one metric. */
export async function passagesOf(evidence: Evidence, metric: string): Promise<Passage[]> {
  const { name, source, settleMs } = evidence.compiled.model.metrics.find(candidate => candidate.name === metric)!
  const canaries = evidence.canaries.get(source) ?? []
  const { streamed } = evidence.compiled.service.metrics.find(candidate => candidate.name === metric)!
  // Flink counts what is in the topic, which is when the front door answers; the others what is stored.
  const ready = streamed
    ? new Map(canaries.map(({ sent, acknowledged }) => [sent, acknowledged]))
    : await storedTimes(evidence, source)
  return passages(canaries, evidence.viewers[0].of(name), ready, settleMs)
}

export async function measureStages(evidence: Evidence): Promise<StageTimes[]> {
  const stages: StageTimes[] = []
  for (const { name } of evidence.compiled.model.metrics)
    if (evidence.measurable.has(name)) stages.push(...stageTimes(name, await passagesOf(evidence, name)))
  return stages
}

/** When each canary of a source was stored, by its send time; epoch ms. */
async function storedTimes(evidence: Evidence, source: string): Promise<Map<number, number>> {
  const { clickhouse, database, compiled, canaries } = evidence
  const { canaries: table } = compiled.service.sources.find(({ name }) => name === source)!
  const from = canaries.get(source)?.[0]?.sent ?? Date.now()
  const rows = await clickhouse.query<{ sent: string; stored: string }>(
    `SELECT toUnixTimestamp64Milli(sent) AS sent, toUnixTimestamp64Milli(ingested_at) AS stored
     FROM {database:Identifier}.{table:Identifier} WHERE ingested_at >= {from:DateTime64(3, 'UTC')}`,
    { database, table, from: new Date(from - 60_000) },
  )
  return new Map(rows.map(row => [Number(row.sent), Number(row.stored)]))
}
