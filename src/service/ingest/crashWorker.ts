import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createClickHouse } from '../../clients/clickhouse.js'
import { createIngest } from './ingest.js'
import { configOf, shopSource } from './testing.js'

// An ingest in a process of its own, for tests to kill: crashWorker.ts <clickhouse as JSON> <folder> [<brokers>].
const [connection = '{}', stateDir = '', brokers] = process.argv.slice(2)
const clickhouse = createClickHouse({ ...(JSON.parse(connection) as { url: string }), timeout: 10_000 })
const config = configOf([shopSource({ id: 'event_id', dedupMs: 600_000 })])
const ingest = createIngest({
  config: () => config,
  clickhouse,
  ...(brokers && { kafka: { brokers: brokers.split(',') } }),
  stateDir,
  tokens: [],
  log: text => void process.stderr.write(`${text}\n`),
})
ingest.start()
const server = createServer((request, response) => void ingest.handle(request, response, 'events'))
server.listen(0, '127.0.0.1', () => void process.stdout.write(`${(server.address() as AddressInfo).port}\n`))
process.on('disconnect', () => process.exit(1))
