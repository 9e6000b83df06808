import type { Engine } from '../target.js'
import { desired } from './desired.js'
import { files } from './files.js'

/** ClickHouse, embedded or a server's: where events are kept and metrics computed. */
export const clickhouse: Engine = {
  name: 'clickhouse',
  desired,
  render: (_model, resources) => files(resources),
}
