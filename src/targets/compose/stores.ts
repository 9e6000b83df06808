import { healthy, type Services } from './service.js'
import { reference, variables } from './variables.js'
import { images } from './versions.js'

/** ClickHouse; its configuration has Prometheus' endpoint, and for a cluster its one node and a Keeper. */
export const clickhouseServices = (): Services => ({
  clickhouse: {
    image: images.clickhouse,
    environment: {
      CLICKHOUSE_USER: 'rtdash',
      CLICKHOUSE_PASSWORD: reference(variables.clickhousePassword),
      CLICKHOUSE_DEFAULT_ACCESS_MANAGEMENT: '1',
    },
    volumes: [
      'clickhouse-data:/var/lib/clickhouse',
      './compose/clickhouse.xml:/etc/clickhouse-server/config.d/rtdash.xml:ro',
    ],
    ulimits: { nofile: 262144 },
    healthcheck: healthy('wget -q -O /dev/null http://127.0.0.1:8123/ping'),
    stop_grace_period: '60s',
    restart: 'unless-stopped',
  },
})

/** Redis; what it acknowledged outlives it. */
export const redisServices = (): Services => ({
  redis: {
    image: images.redis,
    command: ['redis-server', '--appendonly', 'yes', '--requirepass', reference(variables.redisPassword)],
    environment: { REDISCLI_AUTH: reference(variables.redisPassword) },
    volumes: ['redis-data:/data'],
    healthcheck: healthy('redis-cli ping | grep -q PONG'),
    restart: 'unless-stopped',
  },
})
