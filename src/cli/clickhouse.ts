import type { ClickHouseOptions } from '../clients/clickhouse.js'
import { CliError } from './errors.js'
import type { Project } from './project.js'
import { settingValue } from './settings.js'

/** How to reach the target's ClickHouse: the running local stack's, or the server that the target names. */
export async function clickhouseOf({ model, dir }: Project): Promise<ClickHouseOptions> {
  const { clickhouse } = model.target
  if (clickhouse.kind === 'server') return fromUrl(settingValue(clickhouse.url))
  const { requireLocal } = await import('../embedded/local.js')
  return (await requireLocal(dir)).clickhouse
}

/** Where the target's service answers; undefined when the target does not say. Never with an account in it. */
export async function serviceUrlOf({ model, dir }: Project): Promise<string | undefined> {
  if (model.target.push !== undefined) return withoutAccount(settingValue(model.target.push.url))
  if (model.target.clickhouse.kind !== 'embedded') return undefined
  const { requireLocal } = await import('../embedded/local.js')
  return (await requireLocal(dir)).service.url
}

/** Said here, since what cannot call such a URL shows all of it. */
function withoutAccount(url: string): string {
  if (URL.canParse(url) && `${new URL(url).username}${new URL(url).password}` === '') return url
  const [what, fix] = URL.canParse(url)
    ? ['has an account in it', 'leave it out: RTDASH_TOKEN and RTDASH_WRITE_TOKEN hold tokens for readers and writers']
    : ['is not a URL', 'write it like https://metrics.example.com']
  throw new CliError('bad-push-url', `the target's push URL ${what}`, fix)
}

/** `https://user:password@host:8443` apart: an account never stays in a URL that may be printed. */
function fromUrl(text: string): ClickHouseOptions {
  const url = new URL(text)
  const [username, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)]
  url.username = url.password = ''
  return { url: url.href, ...(username && { username }), ...(password && { password }) }
}
