import { limits } from '../limits.js'
import { eachSource, type Rule, spanOf } from '../rule.js'
import { count } from '../text.js'

/** One ClickHouse node for a volume that the decision tree gives three. */
export const clusterMissing: Rule = {
  code: 'cluster-missing',
  severity: 'warning',
  check: eachSource((source, { target }, report) => {
    const rate = source.eventsPerSecond ?? 0
    if (rate <= limits.events.large || target.clickhouse.kind !== 'server' || target.clickhouse.cluster) return
    report({
      message: `source ${source.name}: ${count(rate)} events/s into a single ClickHouse node in target ${target.name}: nothing takes over when it fails`,
      span: spanOf(source, 'expect'),
      fix: `set targets.${target.name}.clickhouse.cluster to the name of a cluster of three nodes or more`,
    })
  }),
}
