import { type ClickHouseOptions, createClickHouse } from '../../src/clients/clickhouse.js'
import { acquireLock } from '../../src/lock/lock.js'

// A process that takes the lock of `shop`, says so, and keeps it until it is killed.

const options = JSON.parse(process.argv[2]!) as ClickHouseOptions
const lock = await acquireLock(createClickHouse(options), 'shop', { who: 'jo@here' })
process.stdout.write(`${lock.id}\n`)
setInterval(() => {}, 1000)
