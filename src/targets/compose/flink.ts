import type { Resource } from '../../model/resource.js'
import { after, listening, type Service, type Services } from './service.js'
import { reference, variables } from './variables.js'

/** JobManager, TaskManager and SQL gateway of one image, which has the Kafka connector. */
export function flinkServices(project: string, resources: readonly Resource[]): Services {
  const properties = {
    'jobmanager.rpc.address': 'flink-jobmanager',
    'jobmanager.memory.process.size': '1g',
    'taskmanager.memory.process.size': '2g',
    'taskmanager.numberOfTaskSlots': String(slots(resources)),
    'rest.address': 'flink-jobmanager',
    'execution.checkpointing.dir': 'file:///checkpoints',
    'execution.checkpointing.savepoint-dir': 'file:///checkpoints/savepoints',
    // Answers about jobs are as old as this; it is 3 s otherwise.
    'web.refresh-interval': '500',
    'metrics.reporter.prom.factory.class': 'org.apache.flink.metrics.prometheus.PrometheusReporterFactory',
    'metrics.reporter.prom.port': '9249',
  }
  const common: Service = {
    image: `${project}-flink`,
    build: { context: 'compose', dockerfile: 'flink.Dockerfile' },
    environment: {
      FLINK_PROPERTIES: Object.entries(properties)
        .map(([key, value]) => `${key}: ${value}\n`)
        .join(''),
    },
    volumes: ['flink-checkpoints:/checkpoints'],
    restart: 'unless-stopped',
  }
  const gateway = {
    'sql-gateway.endpoint.rest.address': 'flink-sql-gateway',
    'sql-gateway.endpoint.rest.bind-address': '0.0.0.0',
    'sql-gateway.endpoint.rest.port': '8083',
  }
  return {
    'flink-jobmanager': {
      ...common,
      command: ['jobmanager'],
      ports: [`127.0.0.1:${reference(variables.flinkPort)}:8081`],
      healthcheck: listening(8081),
    },
    'flink-taskmanager': {
      ...common,
      command: ['taskmanager'],
      healthcheck: listening(9249),
      ...after(['flink-jobmanager']),
    },
    'flink-sql-gateway': {
      ...common,
      command: [
        'sql-gateway.sh',
        'start-foreground',
        ...Object.entries(gateway).map(([key, value]) => `-D${key}=${value}`),
      ],
      healthcheck: listening(8083),
      ...after(['flink-jobmanager']),
    },
  }
}

/** One for each task of each job, and as many again: a job that is replaced runs beside the new one. */
function slots(resources: readonly Resource[]): number {
  const jobs = resources.flatMap(resource => (resource.kind === 'flink.job' ? [resource.spec] : []))
  const tasks = jobs.reduce((sum, { settings }) => sum + Number(settings['parallelism.default'] ?? 1), 0)
  return Math.max(2, 2 * tasks)
}
