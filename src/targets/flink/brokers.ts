import { type KafkaConnection, kafkaConnection } from '../../clients/kafka/connection.js'
import { resolveSetting } from '../../config/env.js'
import { flinkText } from '../../expr/valuesFlink.js'
import { PlanError } from '../../plan/planError.js'
import { options } from './text.js'

type Environment = Readonly<Record<string, string | undefined>>

const BROKERS = 'properties.bootstrap.servers'
/** In a text literal quotes are doubled, so that only the option itself looks like this. */
const OPTION = new RegExp(`^  ${flinkText(BROKERS).replaceAll('.', '\\.')} = '((?:[^']|'')*)'`, 'm')

/**
 * The statement with the brokers' variables filled in, and with what Kafka asks of a client that logs in: just before
 * it is sent, never kept. Throws PlanError for a variable that is not set.
 */
export function withBrokers(statement: string, env: Environment): string {
  return statement.replace(OPTION, (_, written: string) => {
    const resolved = resolveSetting({ template: written.replaceAll("''", "'") }, env)
    if (!resolved.ok) {
      const { code, message, fix } = resolved.diagnostic
      throw new PlanError(code, message, fix ?? '')
    }
    return options(clientOptions(kafkaConnection(resolved.value, env)))
  })
}

/** Kafka's own names for a connection; certificates go along as PEM. */
function clientOptions({ brokers, tls, sasl }: KafkaConnection): Record<string, string> {
  const protocol = `${sasl ? 'SASL_' : ''}${tls ? 'SSL' : 'PLAINTEXT'}`
  const module = sasl?.mechanism === 'PLAIN' ? 'plain.PlainLoginModule' : 'scram.ScramLoginModule'
  // The Kafka connector of Flink SQL has Kafka's classes under a name of its own.
  const login = `org.apache.flink.kafka.shaded.org.apache.kafka.common.security.${module}`
  return {
    [BROKERS]: brokers.join(','),
    ...(protocol !== 'PLAINTEXT' && { 'properties.security.protocol': protocol }),
    ...(sasl && {
      'properties.sasl.mechanism': sasl.mechanism,
      'properties.sasl.jaas.config': `${login} required username=${quoted(sasl.username)} password=${quoted(sasl.password)};`,
    }),
    ...(tls?.ca !== undefined && {
      'properties.ssl.truststore.type': 'PEM',
      'properties.ssl.truststore.certificates': tls.ca,
    }),
    ...(tls?.cert !== undefined && {
      'properties.ssl.keystore.type': 'PEM',
      'properties.ssl.keystore.certificate.chain': tls.cert,
      'properties.ssl.keystore.key': tls.key ?? '',
    }),
    ...(tls?.rejectUnauthorized === false && { 'properties.ssl.endpoint.identification.algorithm': '' }),
  }
}

/** A value in a line of JAAS. */
const quoted = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&')}"`
