import { createFlinkClient, type FlinkClient } from '../src/clients/flink.js'
import { compile } from '../src/compile/compile.js'
import { testModel } from '../src/compile/testing.js'
import type { FlinkJobSpec } from '../src/model/resource.js'
import { submit } from '../src/targets/flink/live/submit.js'
import { startFlink, startKafka } from '../test/stack/engines.js'
import { makeTopics } from '../test/stack/topics.js'
import { ms, quantile, table } from './lib/print.js'

// How long a job takes to start, and to go on from a savepoint with other settings.

const ROUNDS = 7

async function measure(flink: FlinkClient, spec: FlinkJobSpec): Promise<void> {
  const timed = async <T>(run: () => Promise<T>): Promise<[T, number]> => {
    const started = performance.now()
    return [await run(), performance.now() - started]
  }
  const times: Record<string, number[]> = { start: [], 'stop with savepoint': [], 'start from it': [] }
  for (let round = 0; round < ROUNDS; round++) {
    const [first, start] = await timed(() => submit(flink, spec))
    const [place, savepoint] = await timed(() => flink.stopWithSavepoint(first))
    const [second, again] = await timed(() => submit(flink, spec, place))
    await flink.cancel(second)
    times.start!.push(start)
    times['stop with savepoint']!.push(savepoint)
    times['start from it']!.push(again)
  }
  table(
    `A job on Flink: ${ROUNDS} rounds on one cluster`,
    ['', 'first, on a cold cluster', 'then, median', 'slowest'],
    Object.entries(times).map(([what, [cold, ...warm]]) => [
      what,
      ms(cold!),
      ms(quantile(warm, 0.5)),
      ms(Math.max(...warm)),
    ]),
  )
}

/** From submitting until all tasks run; the first round, on a cold cluster, apart. */
export async function benchFlink(): Promise<void> {
  const [kafka, cluster] = await Promise.all([startKafka(), startFlink()])
  try {
    const columns = { ts: 'DateTime64(3)', value: 'Float64', region: 'LowCardinality(String)' }
    const counts = { measure: 'count()', tier: 1, window: { kind: 'trailing', ms: 1000 }, by: ['region'] } as const
    const compiled = compile(
      testModel(
        columns,
        { counts: { ...counts, by: ['region'] } },
        {
          source: { partitions: 4, replication: 1 },
          target: {
            name: 'prod',
            kafka: { brokers: { template: kafka.brokers[0]! } },
            flink: { gateway: { template: cluster.gateway } },
            clickhouse: { kind: 'server', url: { template: 'http://127.0.0.1:1' } },
          },
        },
      ),
    )
    await makeTopics(kafka.brokers, compiled)
    const job = compiled.resources.flatMap(resource => (resource.kind === 'flink.job' ? [resource.spec] : []))[0]!
    await measure(createFlinkClient({ gateway: cluster.gateway }), job)
  } finally {
    await Promise.all([cluster.stop(), kafka.stop()])
  }
}
