import { isIP } from 'node:net'
import type { BaseOptions } from '@platformatic/kafka'
import type { KafkaConnection } from './connection.js'

/** The driver's options for a connection. */
export const driverOptions = ({ brokers, tls, sasl }: KafkaConnection, clientId: string) =>
  ({
    clientId,
    bootstrapBrokers: [...brokers],
    connectTimeout: 5_000,
    requestTimeout: 30_000,
    // Options and records are checked by the types; checking each again costs a third of the throughput.
    strict: false,
    autocreateTopics: false,
    // Brokers behind one address are told apart by the name that is asked for; an IP address is no name.
    ...(tls && { tls: { ...tls }, tlsServerName: !brokers.some(broker => isIP(hostOf(broker))) }),
    ...(sasl && { sasl: { ...sasl } }),
  }) satisfies BaseOptions

const hostOf = (broker: string): string => broker.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')
