import { createClickHouse } from '../../clients/clickhouse.js'
import { configOf, shopSource } from '../ingest/testing.js'
import { createLoader } from './loader.js'

// A loader in a process of its own, for tests to kill: loadWorker.ts <clickhouse as JSON> <brokers>.
const [connection = '{}', brokers = ''] = process.argv.slice(2)
const clickhouse = createClickHouse({ ...(JSON.parse(connection) as { url: string }), timeout: 10_000 })
const config = configOf([shopSource()])
const loader = createLoader({
  config: () => config,
  clickhouse,
  kafka: { brokers: brokers.split(',') },
  log: text => void process.stderr.write(`${text}\n`),
})
loader.start()
process.on('SIGTERM', () => void loader.stop().then(() => process.exit(0)))
process.on('disconnect', () => process.exit(1))
