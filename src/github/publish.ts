import { ApiError, createApi } from './api.js'
import { markerOf, upsertComment } from './comment.js'
import type { Context } from './context.js'
import { annotate, summarize } from './job.js'

/** Shows Markdown in the job's summary and, where the token may write, as the pull request's one comment. */
export async function publish(
  { repository, pull, apiUrl, token }: Context,
  target: string,
  markdown: string,
): Promise<void> {
  summarize(process.env, markdown)
  if (pull === undefined || pull.fork || token === undefined) return
  const comment = { repository, number: pull.number, marker: markerOf(target), body: markdown }
  try {
    await upsertComment(createApi({ apiUrl, token }), comment)
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 403) throw error
    annotate('notice', 'no comment', 'the token of this job may not comment: its summary has it all')
  }
}
