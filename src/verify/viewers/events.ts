import type { Update } from '../../service/update.js'
import { readHeaders, type ServiceAddress } from '../service.js'
import type { Channel, Inbox } from './viewer.js'

/** Listens to `/events`, as an EventSource does. */
export const events =
  (service: ServiceAddress): Channel =>
  async (metrics, inbox) => {
    const names = metrics.map(({ name }) => name)
    const url = new URL('/events', service.url)
    for (const name of names) url.searchParams.append('metric', name)
    const ending = new AbortController()
    const say = (message: string) => {
      if (!ending.signal.aborted) inbox.trouble(names, message)
    }
    let reading = Promise.resolve()
    try {
      const answer = await fetch(url, { headers: readHeaders(service), signal: ending.signal })
      if (answer.ok)
        reading = read(answer, inbox).then(
          () => say('the event stream ended'),
          (error: Error) => say(error.message),
        )
      else say(`/events answers ${answer.status}: ${await messageOf(answer)}`)
    } catch (error) {
      say((error as Error).message)
    }
    return async () => {
      ending.abort()
      await reading
    }
  }

async function read(answer: Response, inbox: Inbox): Promise<void> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of answer.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true })
    const blocks = text.split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) {
      const data = /^data: (.*)$/m.exec(block)?.[1]
      if (data !== undefined) inbox.update(JSON.parse(data) as Update)
    }
  }
}

/** The message of an error's body. */
export const messageOf = async (answer: Response): Promise<string> =>
  ((await answer.json().catch(() => ({}))) as { message?: string }).message ?? answer.statusText
