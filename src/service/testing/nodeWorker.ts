import { createClickHouse } from '../../clients/clickhouse.js'
import type { Role } from '../options.js'
import { startService } from '../server.js'

/** One process of the service, to be killed: its options as JSON in the first argument; says its address on stdout. */
interface Wanted {
  readonly clickhouse: { readonly url: string; readonly username: string; readonly password: string }
  readonly database: string
  readonly roles: readonly Role[]
  readonly stateDir: string
  readonly redis: string
}

const wanted = JSON.parse(process.argv[2] ?? '') as Wanted
const service = await startService({
  clickhouse: createClickHouse(wanted.clickhouse),
  database: wanted.database,
  roles: wanted.roles,
  stateDir: wanted.stateDir,
  port: 0,
  redis: { url: wanted.redis },
  log: message => process.stderr.write(`${message}\n`),
})
process.stdout.write(`${service.url}\n`)
process.stdin.resume().on('end', () => process.exit(0))
