import { setTimeout as sleep } from 'node:timers/promises'
import type { Metric } from '../../model/model.js'
import type { Update } from '../../service/update.js'
import { readHeaders, type ServiceAddress } from '../service.js'
import { messageOf } from './events.js'
import type { Channel, Inbox } from './viewer.js'

/** Asks for each metric again whenever its cache time is over. */
export const poll =
  (service: ServiceAddress): Channel =>
  async (metrics, inbox) => {
    const ending = new AbortController()
    const loops = metrics.map(metric => keepAsking(service, metric, inbox, ending.signal))
    return async () => {
      ending.abort()
      await Promise.all(loops)
    }
  }

async function keepAsking(service: ServiceAddress, metric: Metric, inbox: Inbox, signal: AbortSignal): Promise<void> {
  const url = new URL(`/api/metrics/${encodeURIComponent(metric.name)}`, service.url)
  while (!signal.aborted) {
    try {
      const answer = await fetch(url, { headers: readHeaders(service), signal })
      if (answer.ok) inbox.update((await answer.json()) as Update)
      else inbox.trouble([metric.name], `${url.pathname} answers ${answer.status}: ${await messageOf(answer)}`)
    } catch (error) {
      if (!signal.aborted) inbox.trouble([metric.name], (error as Error).message)
    }
    await sleep(metric.cacheMs, undefined, { signal }).catch(() => {})
  }
}
