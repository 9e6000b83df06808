import { useEffect, useState } from 'react'
import { serviceAddress } from '../lib/address.js'
import type { Update } from '../lib/protocol.js'
import { followMetric } from './share.js'

export type { SeriesValue, Update } from '../lib/protocol.js'

export interface RealtimeOptions {
  /** The service or its socket: `https://dashboard.example.com`, `wss://dashboard.example.com/ws`; default: where the page came from. */
  readonly url?: string
  /** Read token, sent as `?token=`. */
  readonly token?: string
}

/**
 * The last 300 updates of a metric, oldest first, growing live: `[]` until the first one comes.
 * Reconnects by itself and goes on where it stopped; all hooks of a page share one connection.
 */
export function useRealtimeMetric(metricKey: string, options: RealtimeOptions = {}): readonly Update[] {
  const [data, setData] = useState<readonly Update[]>([])
  const { url = '', token = '' } = options
  useEffect(() => {
    setData([])
    return followMetric(serviceAddress(url, token, document.baseURI), metricKey, setData)
  }, [metricKey, url, token])
  return data
}
