import { limits } from '../limits.js'
import { eachSource, type Rule, spanOf } from '../rule.js'
import { count } from '../text.js'

/** More events than one process should take without a log in front of it. */
export const kafkaMissing: Rule = {
  code: 'kafka-missing',
  severity: 'warning',
  check: eachSource((source, { target }, report) => {
    const rate = source.eventsPerSecond ?? 0
    if (rate <= limits.events.large || target.kafka) return
    report({
      message: `source ${source.name}: ${count(rate)} events/s and no Kafka in target ${target.name}: up to ${count(limits.events.large)}/s it is optional, above it is not`,
      span: spanOf(source, 'expect'),
      fix: `add kafka: { brokers: … } to targets.${target.name}, or choose a target that has it with --target`,
    })
  }),
}
