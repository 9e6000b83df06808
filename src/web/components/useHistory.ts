import { useEffect, useState } from 'react'
import type { Metric } from '../lib/catalogue.js'
import { fetchHistory, type Past } from '../lib/history.js'
import { historyRequest, type Range } from '../lib/range.js'
import { usePage } from './context.js'

export type History =
  | { readonly state: 'none' | 'loading' }
  | { readonly state: 'failed'; readonly message: string }
  | { readonly state: 'ready'; readonly past: Past }

const AGAIN_MS = 60_000

/** The metric's points of a range, asked for again every minute so that old ones leave at the left. */
export function useHistory(metric: Metric, range: Range): History {
  const { address, now } = usePage().dashboard
  const [history, setHistory] = useState<History>({ state: 'none' })
  useEffect(() => {
    const abort = new AbortController()
    const load = async () => {
      const request = historyRequest(range, metric.refreshMs, now.get())
      if (!request) return setHistory({ state: 'none' })
      try {
        const past = await fetchHistory(address, metric.name, request, abort.signal)
        setHistory({ state: 'ready', past })
      } catch (error) {
        if (!abort.signal.aborted) setHistory({ state: 'failed', message: error instanceof Error ? error.message : '' })
      }
    }
    setHistory({ state: range === 'live' ? 'none' : 'loading' })
    void load()
    const timer = setInterval(load, AGAIN_MS)
    return () => {
      abort.abort()
      clearInterval(timer)
    }
  }, [metric, range, address, now])
  return history
}
