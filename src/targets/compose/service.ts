/** A service of compose.yaml, as far as ours go. */
export interface Service {
  readonly image?: string
  readonly build?: { readonly context: string; readonly dockerfile?: string }
  readonly command?: readonly string[]
  readonly entrypoint?: readonly string[]
  readonly working_dir?: string
  readonly environment?: Readonly<Record<string, string>>
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly secrets?: readonly string[]
  readonly networks?: { readonly default: { readonly aliases: readonly string[] } }
  readonly healthcheck?: Healthcheck
  readonly depends_on?: Readonly<Record<string, { readonly condition: 'service_healthy' }>>
  readonly ulimits?: { readonly nofile: number }
  readonly stop_grace_period?: string
  readonly restart?: 'unless-stopped'
  readonly profiles?: readonly string[]
}

interface Healthcheck {
  readonly test: readonly string[]
  readonly interval: string
  readonly timeout: string
  readonly retries: number
  readonly start_period: string
}

export type Services = Readonly<Record<string, Service>>

/** How a service is asked whether it is well: a line for the container's shell. */
export const healthy = (command: string): Healthcheck => ({
  test: ['CMD-SHELL', command],
  interval: '5s',
  timeout: '5s',
  retries: 12,
  start_period: '60s',
})

/** Well when the port accepts: for images that have bash, and no tool that asks for a page. */
export const listening = (port: number): Healthcheck => healthy(`bash -c 'exec 3<>/dev/tcp/127.0.0.1/${port}'`)

export const after = (services: readonly string[]): Pick<Service, 'depends_on'> =>
  services.length === 0
    ? {}
    : { depends_on: Object.fromEntries(services.map(name => [name, { condition: 'service_healthy' as const }])) }

/** Volumes that services name, as Compose wants them declared: paths of the host are none. */
export const namedVolumes = (services: Services): string[] =>
  Object.values(services)
    .flatMap(({ volumes = [] }) => volumes.map(volume => volume.split(':')[0]!))
    .filter(name => /^[a-z]/.test(name))
