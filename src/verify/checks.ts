import type { Check } from './check.js'
import { alerts } from './checks/alerts.js'
import { config } from './checks/config.js'
import { consumers } from './checks/consumers.js'
import { dashboards } from './checks/dashboards.js'
import { delivery } from './checks/delivery.js'
import { eventsStored } from './checks/eventsStored.js'
import { fanout } from './checks/fanout.js'
import { ingestErrors } from './checks/ingestErrors.js'
import { latency } from './checks/latency.js'
import { query } from './checks/query.js'
import { redis } from './checks/redis.js'
import { retention } from './checks/retention.js'
import { rollupsGrow } from './checks/rollupsGrow.js'
import { rollupTotals } from './checks/rollupTotals.js'
import { schema } from './checks/schema.js'
import { topics } from './checks/topics.js'
import { viewersAgree } from './checks/viewersAgree.js'

/** Every check, in the order of 2-cli.md: a new one is a file and a line here. */
export const checks: readonly Check[] = [
  delivery,
  topics,
  consumers,
  rollupsGrow,
  query,
  fanout,
  viewersAgree,
  config,
  redis,
  latency,
  retention,
  schema,
  ingestErrors,
  eventsStored,
  rollupTotals,
  alerts,
  dashboards,
]
