import { limits } from '../limits.js'
import { eachSource, type Rule, spanOf } from '../rule.js'
import { count } from '../text.js'

/** More events in one partition than one task reads. */
export const partitionLoad: Rule = {
  code: 'partition-load',
  severity: 'warning',
  check: eachSource((source, { target }, report) => {
    const each = (source.eventsPerSecond ?? 0) / source.partitions
    if (!target.kafka || each <= limits.eventsPerPartition) return
    const wanted = Math.ceil((source.eventsPerSecond ?? 0) / limits.eventsPerPartition)
    report({
      message: `source ${source.name}: ${source.partitions} partitions take ${count(each)} events/s each, more than the ${count(limits.eventsPerPartition)} that one reader keeps up with at peaks`,
      span: spanOf(source, 'partitions', 'expect'),
      fix: `use partitions: ${wanted} or more; adding them later moves keys`,
    })
  }),
}
