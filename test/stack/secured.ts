import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import type { KafkaConnection } from '../../src/clients/kafka/connection.js'
import { freePorts } from './ports.js'
import { requireTools } from './tools.js'

/** A listener by TLS with a login, of a broker whose ACLs count. */
export interface Secured {
  /** host:port */
  readonly broker: string
  /** The authority that signed the broker's certificate, and no other: PEM. */
  readonly ca: string
  /** An account that exists: `admin` may do everything, `app` what ACLs allow, which is nothing at first. */
  login(username: 'admin' | 'app', mechanism?: Mechanism): KafkaConnection
  /** What the broker's storage is formatted with. */
  readonly format: readonly string[]
  /** The broker's settings beside those it has. */
  settings(others: Readonly<Record<string, unknown>>): Record<string, string>
}

type Mechanism = NonNullable<KafkaConnection['sasl']>['mechanism']

/** With what has to be escaped in a line of JAAS. */
const PASSWORDS = { admin: 'adm"in 1', app: 'a\\pp 2' } as const
const MECHANISMS = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const
const MODULES = 'org.apache.kafka.common.security'

/** Makes an authority, and a certificate for 127.0.0.1 that it signed. */
export async function secure(dir: string): Promise<Secured> {
  const folder = join(dir, 'tls')
  mkdirSync(folder, { recursive: true })
  const { ca, keystore } = await certificates(folder)
  const [port] = (await freePorts(1)) as [number]
  const broker = `127.0.0.1:${port}`
  return {
    broker,
    ca,
    login: (username, mechanism = 'SCRAM-SHA-512') => ({
      brokers: [broker],
      tls: { ca },
      sasl: { mechanism, username, password: PASSWORDS[username] },
    }),
    format: Object.entries(PASSWORDS).flatMap(([name, password]) =>
      ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap(mechanism => [
        '--add-scram',
        `${mechanism}=[name=${name},password=${password}]`,
      ]),
    ),
    settings: others => ({
      listeners: `${others.listeners},SECURED://${broker}`,
      'advertised.listeners': `${others['advertised.listeners']},SECURED://${broker}`,
      'listener.security.protocol.map': `${others['listener.security.protocol.map']},SECURED:SASL_SSL`,
      'sasl.enabled.mechanisms': MECHANISMS.join(),
      ...login('plain', 'plain.PlainLoginModule', PASSWORDS),
      ...login('scram-sha-256', 'scram.ScramLoginModule'),
      ...login('scram-sha-512', 'scram.ScramLoginModule'),
      'listener.name.secured.ssl.keystore.type': 'PEM',
      'listener.name.secured.ssl.keystore.location': keystore,
      'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      'super.users': 'User:admin;User:ANONYMOUS',
    }),
  }
}

/** How the broker checks a login: names and passwords where the mechanism does not keep them elsewhere. */
function login(
  mechanism: string,
  module: string,
  users: Readonly<Record<string, string>> = {},
): Record<string, string> {
  // A line of JAAS in a file of properties, where a backslash stands for another one.
  const accounts = Object.entries(users).map(
    ([name, password]) => ` user_${name}="${password.replace(/[\\"]/g, '\\$&')}"`,
  )
  const line = `${MODULES}.${module} required${accounts.join('')};`
  return { [`listener.name.secured.${mechanism}.sasl.jaas.config`]: line.replaceAll('\\', '\\\\') }
}

async function certificates(folder: string): Promise<{ ca: string; keystore: string }> {
  await requireTools('TLS', ['openssl'])
  const at = (name: string) => join(folder, name)
  const openssl = (...args: string[]) => execa('openssl', args)
  const fresh = (name: string) => ['-newkey', 'rsa:2048', '-nodes', '-keyout', at(`${name}.key`)]
  await openssl('req', '-x509', ...fresh('ca'), '-days', '2', '-subj', '/CN=rtdash tests', '-out', at('ca.pem'))
  await openssl('req', ...fresh('broker'), '-subj', '/CN=broker', '-out', at('broker.csr'))
  writeFileSync(at('san'), 'subjectAltName=IP:127.0.0.1')
  const signed = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial', '-days', '2', '-extfile', at('san')]
  await openssl('x509', '-req', '-in', at('broker.csr'), ...signed, '-out', at('broker.pem'))
  const keystore = at('keystore.pem')
  writeFileSync(keystore, readFileSync(at('broker.key'), 'utf8') + readFileSync(at('broker.pem'), 'utf8'))
  return { ca: readFileSync(at('ca.pem'), 'utf8'), keystore }
}
