import type { Compiled } from '../compile/compile.js'
import type { Plan } from '../model/plan.js'
import type { Kind, ResourceOf } from '../model/resource.js'
import { contentHash } from '../naming.js'
import { diff as diffClickHouse } from '../targets/clickhouse/diff/diff.js'
import { diff as diffFlink } from '../targets/flink/diff.js'
import { diff as diffKafka } from '../targets/kafka/diff.js'
import type { PlanOptions } from '../targets/live.js'
import { diff as diffService } from '../targets/service/live.js'
import { asApplied } from './asApplied.js'
import { inOrder } from './order.js'

/**
 * What an apply of `head` would do where `base` has just been applied: the same comparison as plan's, without a live
 * system. Throws PlanError for what cannot be done at all. Topics may always get more partitions here.
 */
export function diffCompiled(base: Compiled, head: Compiled, { drop = false }: PlanOptions = {}): Plan {
  const observed = asApplied(base, head)
  const of = <K extends Kind>(compiled: Compiled, kind: K): ResourceOf<K>[] =>
    compiled.resources.filter((resource): resource is Extract<typeof resource, ResourceOf<K>> => resource.kind === kind)
  const [config] = of(head, 'service.config')
  const { changes, unused, notes } = diffClickHouse(head.resources, observed, drop)
  return {
    target: head.model.target.name,
    fingerprint: contentHash(`${base.service.hash} ${head.service.hash}`, 16),
    changes: inOrder([
      ...diffKafka(of(head, 'kafka.topic'), of(base, 'kafka.topic'), { allowRepartition: true }),
      ...diffFlink(of(head, 'flink.job'), of(base, 'flink.job')),
      ...changes,
      ...diffService(config!, observed.exists ? base.service.hash : undefined),
    ]),
    unused,
    ...(notes && { notes }),
  }
}
