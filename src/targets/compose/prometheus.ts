/** The secret that Prometheus shows to the push nodes: their figures hold the values of all metrics. */
export const SCRAPE_TOKEN = 'scrape-token'

/** One thing that Prometheus asks for figures. */
interface Scrape {
  readonly job_name: string
  readonly authorization?: { readonly credentials_file: string }
  readonly static_configs: readonly [{ readonly targets: readonly string[] }]
}

/** prometheus.yaml as data: every process of the stack that has figures. Kafka's are in the lag that the loaders tell. */
export function prometheusConfig(
  processes: readonly string[],
  has: { readonly clickhouse: boolean; readonly flink: boolean },
): { global: object; scrape_configs: readonly Scrape[] } {
  const scrape = (job_name: string, targets: readonly string[]): Scrape => ({ job_name, static_configs: [{ targets }] })
  const authorization = { credentials_file: `/run/secrets/${SCRAPE_TOKEN}` }
  return {
    global: { scrape_interval: '5s', evaluation_interval: '5s' },
    scrape_configs: [
      {
        ...scrape(
          'rtdash',
          processes.map(name => `${name}:8080`),
        ),
        authorization,
      },
      ...(has.clickhouse ? [scrape('clickhouse', ['clickhouse:9363'])] : []),
      ...(has.flink ? [scrape('flink', ['flink-jobmanager:9249', 'flink-taskmanager:9249'])] : []),
    ],
  }
}
