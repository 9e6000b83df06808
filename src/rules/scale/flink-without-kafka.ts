import type { Rule } from '../rule.js'

/** A stream processor with no stream to read. */
export const flinkWithoutKafka: Rule = {
  code: 'flink-without-kafka',
  severity: 'error',
  check({ target, sources, metrics, spans }, report) {
    const span = spans?.target ?? sources[0]?.span ?? metrics[0]?.span
    if (!target.flink || target.kafka || !span) return
    report({
      message: `target ${target.name} has Flink and no Kafka: Flink reads the events from a topic, and there is none`,
      span,
      fix: `add kafka: { brokers: … } to targets.${target.name}, or take flink out of it`,
    })
  },
}
