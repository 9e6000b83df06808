import { Flags } from '@oclif/core'
import { type Role, rolesOf } from '../service/options.js'
import { UsageError } from './errors.js'

/** `--role`: one, several with commas, or all. */
export const rolesFlag = () =>
  Flags.string({
    description: 'which parts of it: ingest, load (from Kafka), publish, push; publish and push apart meet in Redis',
    default: 'all',
    helpValue: 'ROLE,…',
  })

/** The roles that the flag's text names. Throws UsageError for one that there is not. */
export function rolesOfFlag(text: string, kafka: boolean): Role[] {
  const roles = rolesOf(kafka)
  const asked = text.split(',').map(part => part.trim())
  return asked.includes('all') ? roles : asked.map(name => roleOf(name, roles))
}

function roleOf(name: string, roles: readonly Role[]): Role {
  const found = roles.find(role => role === name)
  if (found !== undefined) return found
  if (name === 'load')
    throw new UsageError('role load moves events from Kafka, and the target has none', 'leave it out')
  throw new UsageError(`there is no role ${JSON.stringify(name)}`, `one of ${['all', ...roles].join(', ')}`)
}
