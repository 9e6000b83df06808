import { eachSource, type Rule, spanOf } from '../rule.js'

/** One copy of the events where people rely on them. */
export const replicationOne: Rule = {
  code: 'replication-one',
  severity: 'warning',
  check: eachSource((source, { target }, report) => {
    if (!target.kafka || target.name === 'local' || source.replication !== 1) return
    report({
      message: `source ${source.name}: replication 1 in target ${target.name}: one broker lost is every event of its partitions lost`,
      span: spanOf(source, 'replication'),
      fix: 'use replication: 3, the default',
    })
  }),
}
