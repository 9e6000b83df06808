import { shortened } from '../format/markdown.js'
import { type Api, ApiError, listAll } from './api.js'
import { field } from './context.js'

/** GitHub refuses more, in characters. */
const LONGEST = 65_535

/** Begins our comment and finds it again; one for each target. Not seen by readers. */
export const markerOf = (target: string): string => `<!-- rtdash ${target.replace(/[^\w.]/g, '_')} -->`

/** Writes the one comment of a pull request that begins with `marker`: the one that is there, else a new one. */
export async function upsertComment(
  api: Api,
  { repository, number, marker, body }: { repository: string; number: number; marker: string; body: string },
): Promise<void> {
  const path = `/repos/${repository}/issues/${number}/comments`
  const comments = await listAll(api, path)
  const text = shortened(`${marker}\n${body}`, LONGEST)
  for (const comment of comments) {
    if (!isOurs(comment, marker)) continue
    try {
      await api.request('PATCH', `/repos/${repository}/issues/comments/${field(comment, 'id')}`, { body: text })
      return
    } catch (error) {
      // Somebody else's bot, or deleted meanwhile: ours is another one, or there is none.
      if (!(error instanceof ApiError) || (error.status !== 403 && error.status !== 404)) throw error
    }
  }
  await api.request('POST', path, { body: text })
}

/** People may begin a comment with our marker, too: theirs is left alone. */
function isOurs(comment: unknown, marker: string): boolean {
  const body = field(comment, 'body')
  return typeof body === 'string' && body.startsWith(marker) && field(field(comment, 'user'), 'type') === 'Bot'
}
