import { describe, expect, it } from 'vitest'
import { ApiError } from './api.js'
import { markerOf, upsertComment } from './comment.js'
import { scriptedApi } from './testing.js'

const list = 'GET /repos/a/b/issues/7/comments'
const create = 'POST /repos/a/b/issues/7/comments'
const marker = markerOf('prod')
const upsert = (api: Parameters<typeof upsertComment>[0]) =>
  upsertComment(api, { repository: 'a/b', number: 7, marker, body: 'new' })
const comment = (id: number, body: string, type = 'Bot') => ({ id, body, user: { type } })

describe('the one comment', () => {
  it('is written where there is none', async () => {
    const api = scriptedApi({ [list]: [comment(1, 'hello')], [create]: {} })
    await upsert(api)
    expect(api.asked.at(-1)).toEqual([create, { body: `${marker}\nnew` }])
  })

  it('is changed where there is one, behind a hundred others, too', async () => {
    const others = Array.from({ length: 100 }, (_, n) => comment(n, 'x'))
    const api = scriptedApi({
      [list]: (path: string) => (path.endsWith('page=1') ? others : [comment(500, `${marker}\nold`)]),
      'PATCH /repos/a/b/issues/comments/500': {},
    })
    await upsert(api)
    expect(api.asked.at(-1)).toEqual(['PATCH /repos/a/b/issues/comments/500', { body: `${marker}\nnew` }])
  })

  it('is neither a person’s that begins like it, nor one for another target, nor one that quotes it', async () => {
    const api = scriptedApi({
      [list]: [comment(1, `${marker}\nx`, 'User'), comment(2, markerOf('test')), comment(3, `see ${marker}`)],
      [create]: {},
    })
    await upsert(api)
    expect(api.asked.at(-1)?.[0]).toBe(create)
  })

  it('is a new one where the old one is not ours to change, and other failures are told', async () => {
    const found = { [list]: [comment(1, `${marker}\nx`)], [create]: {} }
    const patch = 'PATCH /repos/a/b/issues/comments/1'
    const refused = scriptedApi({ ...found, [patch]: new ApiError(403, 'no') })
    await upsert(refused)
    expect(refused.asked.at(-1)?.[0]).toBe(create)
    await expect(upsert(scriptedApi({ ...found, [patch]: new ApiError(500, 'down') }))).rejects.toThrow('down')
  })

  it('is never longer than GitHub takes', async () => {
    const api = scriptedApi({ [list]: [], [create]: {} })
    await upsertComment(api, { repository: 'a/b', number: 7, marker, body: 'x'.repeat(70_000) })
    const [, sent] = api.asked.at(-1)!
    expect((sent as { body: string }).body).toHaveLength(65_535)
  })

  it('has a marker that nothing in a name can end', () => {
    expect(markerOf('a --> <b>')).toBe('<!-- rtdash a______b_ -->')
  })
})
