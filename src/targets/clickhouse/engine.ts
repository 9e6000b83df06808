import type { Engine } from '../target.js'
import { desired } from './desired.js'
import { files, queries } from './files.js'

/** ClickHouse, embedded or a server's: where events are kept and metrics computed. */
export const clickhouse: Engine = {
  name: 'clickhouse',
  desired,
  render: compiled => new Map([...files(compiled.resources), ...queries(compiled.service)]),
}
