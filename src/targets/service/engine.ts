import { json } from '../../compile/json.js'
import type { Engine } from '../target.js'
import { desired } from './desired.js'

/** Our own service: ingest, publish and push. It takes its orders from the database. */
export const service: Engine = {
  name: 'service',
  desired: (model, plan, before) => [desired(model, plan, before.map(resource => resource.id).sort())],
  render: compiled => new Map([['service/config.json', json(compiled.service)]]),
}
