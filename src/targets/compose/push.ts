import { after, type Service, type Services } from './service.js'
import { reference, type Variable, variables } from './variables.js'

const PUSH_NODES = 2

/**
 * The emitted push service. Nodes apart need Redis to hear of the values: with it one process loads and publishes, and
 * two serve viewers and take events in; without it one does all. `push` is the name that all who serve share.
 */
export function pushServices(
  project: string,
  environment: Readonly<Record<string, string>>,
  given: { readonly redis: boolean; readonly kafka: boolean; readonly needs: readonly string[] },
): Services {
  const { jwtSecret, jwtAudience, writeTokens, allowedOrigins, readToken, writeToken, metricsFile } = variables
  const built = { image: `${project}-push`, build: { context: 'push-service' } }
  const node = (name: string, roles: readonly string[] | undefined, more: Service): Service => ({
    ...built,
    environment: {
      ...environment,
      ...(roles && { ROLES: roles.join() }),
      ...environmentOf([jwtSecret, jwtAudience, writeTokens, allowedOrigins]),
    },
    volumes: [`${name}-state:/state`],
    ...after(given.needs),
    stop_grace_period: '30s',
    restart: 'unless-stopped',
    ...more,
  })
  const serving: Service = { networks: { default: { aliases: ['push'] } } }
  const nodes: Services = given.redis
    ? {
        publisher: node('publisher', [...(given.kafka ? ['load'] : []), 'publish'], {}),
        ...Object.fromEntries(
          Array.from({ length: PUSH_NODES }, (_, index) => `push-${index + 1}`).map(name => [
            name,
            node(name, ['ingest', 'push'], serving),
          ]),
        ),
      }
    : { 'push-1': node('push-1', undefined, serving) }
  return {
    ...nodes,
    rtdash: {
      ...built,
      entrypoint: ['/app/node_modules/.bin/rtdash'],
      command: ['--help'],
      working_dir: '/project',
      environment: { ...environment, ...environmentOf([readToken, writeToken]) },
      volumes: [`${reference(metricsFile)}:/project/metrics.yaml:ro`],
      ...after(given.needs),
      profiles: ['tools'],
    },
  }
}

const environmentOf = (used: readonly Variable[]): Record<string, string> =>
  Object.fromEntries(used.map(variable => [variable.name, reference(variable)]))

/** Names of the processes that run all the time. */
export const processes = (services: Services): string[] =>
  Object.keys(services).filter(name => services[name]?.profiles === undefined)
