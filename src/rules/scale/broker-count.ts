import { limits } from '../limits.js'
import { eachSource, type Rule } from '../rule.js'
import { count } from '../text.js'

/** Fewer Kafka brokers than the volume asks for. */
export const brokerCount: Rule = {
  code: 'broker-count',
  severity: 'warning',
  check: eachSource((source, { target }, report) => {
    const rate = source.eventsPerSecond ?? 0
    const brokers = target.kafka?.brokerCount
    if (brokers === undefined || rate <= limits.events.large) return
    const wanted = rate > limits.events.huge ? limits.brokers.huge : limits.brokers.large
    if (brokers >= wanted) return
    report({
      message: `source ${source.name}: ${count(rate)} events/s on ${brokers} brokers in target ${target.name}; it takes ${wanted}`,
      span: source.span,
      fix: `run ${wanted} brokers or more`,
    })
  }),
}
