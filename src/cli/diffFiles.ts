import type { Compiled } from '../compile/compile.js'
import type { Plan } from '../model/plan.js'
import type { ResourceOf } from '../model/resource.js'
import { contentHash } from '../naming.js'
import { inOrder } from '../plan/order.js'
import { diff as diffClickHouse } from '../targets/clickhouse/diff/diff.js'
import { diff as diffService } from '../targets/service/live.js'
import { asApplied } from './asApplied.js'

/** What an apply of `head` would do where `base` has just been applied: the same comparison as plan's, without a live system. */
export function diffFiles(base: Compiled, head: Compiled): Plan {
  const observed = asApplied(base, head)
  const config = head.resources.find((r): r is ResourceOf<'service.config'> => r.kind === 'service.config')!
  const { changes, unused } = diffClickHouse(head.resources, observed, false)
  return {
    target: head.model.target.name,
    fingerprint: contentHash(`${base.service.hash} ${head.service.hash}`, 16),
    changes: inOrder([...changes, ...diffService(config, observed.exists ? base.service.hash : undefined)]),
    unused,
  }
}
