import { eachSource, type Rule } from '../rule.js'

/** More copies than there are brokers to hold them: Kafka refuses the topic. */
export const replicationOverBrokers: Rule = {
  code: 'replication-over-brokers',
  severity: 'error',
  check: eachSource((source, { target }, report) => {
    const brokers = target.kafka?.brokerCount
    if (brokers === undefined || source.replication <= brokers) return
    report({
      message: `source ${source.name}: replication ${source.replication} needs as many brokers, and target ${target.name} has ${brokers}`,
      span: source.span,
      fix: `use replication: ${brokers}, or run more brokers`,
    })
  }),
}
