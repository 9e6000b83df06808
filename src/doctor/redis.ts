import { setTimeout as sleep } from 'node:timers/promises'
import { createRedis, type Redis } from '../clients/redis.js'
import { CHANNEL, keys } from '../service/redis/keys.js'
import { ok, problem, skipped, type Told, warning } from './report.js'
import { measureSkew, skewFinding } from './skew.js'

const PATIENCE_MS = 5000
const LEAST_VERSION = 6

/** Version, rights, eviction and clock. Nothing is written. */
export async function checkRedis(url: string, project: string): Promise<Told[]> {
  let trouble = 'no answer'
  const redis = createRedis({
    url,
    log: message => {
      trouble = message
    },
  })
  try {
    for (const end = Date.now() + PATIENCE_MS; !redis.connected(); await sleep(20))
      if (Date.now() > end) throw new Error(trouble)
    const info = infoOf(await redis.send<string>(['INFO']))
    return [
      versionFinding(info.get('redis_version') ?? 'unknown'),
      await rightsFinding(redis, project),
      evictionFinding(info.get('maxmemory_policy') ?? 'unknown'),
      skewFinding(await measureSkew(() => timeOf(redis))),
    ]
  } finally {
    redis.close()
  }
}

const infoOf = (text: string): Map<string, string> =>
  new Map(text.split('\r\n').flatMap(line => (line.includes(':') ? [line.split(/:(.*)/s, 2) as [string, string]] : [])))

const versionFinding = (version: string): Told =>
  Number(version.split('.')[0]) >= LEAST_VERSION
    ? ok('version', version)
    : problem('version', version, `Redis ${LEAST_VERSION} or later is needed: rtdash speaks RESP3`)

async function timeOf(redis: Redis): Promise<number> {
  const [seconds, micros] = await redis.send<[string, string]>(['TIME'])
  return Number(seconds) * 1000 + Number(micros) / 1000
}

/** What the service does in Redis, one command of each kind. */
const commands = (project: string): string[][] => [
  ['GET', keys.lease(project)],
  ['SET', keys.lease(project), 'x'],
  ['DEL', keys.lease(project)],
  ['PEXPIRE', keys.lease(project), '1'],
  ['HSET', keys.answers(project, 'm', 'x'), 'a', 'b'],
  ['XADD', keys.updates(project, 'm', 'x'), '*', 'a', 'b'],
  ['XRANGE', keys.updates(project, 'm', 'x'), '-', '+'],
  ['SADD', keys.nodes(project), 'x'],
  ['EVAL', 'return 1', '0'],
  ['EVALSHA', 'x', '0'],
  ['PUBLISH', CHANNEL, 'x'],
  ['SUBSCRIBE', CHANNEL],
]

async function rightsFinding(redis: Redis, project: string): Promise<Told> {
  const refused: string[] = []
  try {
    const user = await redis.send<string>(['ACL', 'WHOAMI'])
    for (const command of commands(project)) {
      const answer = await redis.send<string>(['ACL', 'DRYRUN', user, ...command])
      if (answer !== 'OK') refused.push(command[0]!)
    }
    if (refused.length === 0) return ok('rights', `all that is needed, as ${user}`)
    const advice = `ACL SETUSER ${user} ${refused.map(name => `+${name.toLowerCase()}`).join(' ')} ~rtdash:* &${CHANNEL}`
    return problem('rights', `${user} may not: ${refused.join(', ')}`, advice)
  } catch (error) {
    // Redis 6 has no DRYRUN, and an account may lack the right to ask.
    return skipped('rights', `cannot be asked: ${(error as Error).message}`)
  }
}

const evictionFinding = (policy: string): Told =>
  policy.startsWith('allkeys')
    ? warning('eviction', policy, 'the lease and remembered ids may vanish: set maxmemory-policy noeviction')
    : ok('eviction', policy)
