/** A variable of the environment that compose.yaml reads. Without a default, nothing starts where it is not set. */
export interface Variable {
  readonly name: string
  readonly meaning: string
  readonly otherwise?: string
}

/** As it stands in compose.yaml. */
export const reference = ({ name, otherwise }: Variable): string =>
  `\${${name}${otherwise === undefined ? ':?see compose/env.example' : `:-${otherwise}`}}`

/** In a URL or a list, so letters and digits are best. */
const secret = (name: string, meaning: string): Variable => ({ name, meaning: `${meaning}. Letters and digits` })

export const variables = {
  clickhousePassword: secret('CLICKHOUSE_PASSWORD', 'Password of the ClickHouse account `rtdash`'),
  redisPassword: secret('REDIS_PASSWORD', 'Password of Redis'),
  grafanaPassword: secret('GRAFANA_ADMIN_PASSWORD', 'Password of Grafana’s account `admin`'),
  jwtSecret: { name: 'RTDASH_JWT_SECRET', meaning: 'Key of the readers’ tokens (HS256): at least 32 characters' },
  jwtAudience: { name: 'RTDASH_JWT_AUDIENCE', meaning: 'What the readers’ tokens must have as their `aud`' },
  writeTokens: { name: 'RTDASH_WRITE_TOKENS', meaning: 'Tokens of those who send events, separated by commas' },
  allowedOrigins: {
    name: 'RTDASH_ALLOWED_ORIGINS',
    meaning: 'Pages of other origins that may connect, separated by commas',
    otherwise: '',
  },
  readToken: {
    name: 'RTDASH_TOKEN',
    meaning: 'A reader’s token with `"metrics": ["*"]`, for Prometheus, `rtdash verify` and `rtdash status`',
  },
  writeToken: { name: 'RTDASH_WRITE_TOKEN', meaning: 'A sender’s token, for `rtdash verify`', otherwise: '' },
  gatewayPort: { name: 'GATEWAY_PORT', meaning: 'Where the dashboard and the API are served', otherwise: '8080' },
  grafanaPort: { name: 'GRAFANA_PORT', meaning: 'Grafana, on this machine only', otherwise: '3000' },
  prometheusPort: { name: 'PROMETHEUS_PORT', meaning: 'Prometheus, on this machine only', otherwise: '9090' },
  flinkPort: { name: 'FLINK_PORT', meaning: 'Flink’s own page, on this machine only', otherwise: '8081' },
  metricsFile: {
    name: 'METRICS_FILE',
    meaning: 'The metrics file, from the folder of compose.yaml, for `docker compose run rtdash`',
    otherwise: '../metrics.yaml',
  },
} satisfies Record<string, Variable>

/** The text of env.example for the variables in use: those that must be set, then the others with their defaults. */
export function envExample(used: readonly Variable[]): string {
  const must = used.filter(({ otherwise }) => otherwise === undefined)
  const may = used.filter(({ otherwise }) => otherwise !== undefined)
  return [
    '# Settings of compose.yaml. Copy this file to .env beside compose.yaml, and fill it in.',
    '',
    ...must.map(({ name, meaning }) => `# ${meaning}.\n${name}=`),
    '',
    '# These may stay as they are.',
    ...may.map(({ name, meaning, otherwise }) => `# ${meaning}.\n#${name}=${otherwise}`),
    '',
  ].join('\n')
}
