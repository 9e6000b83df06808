import { useEffect, useSyncExternalStore } from 'react'
import type { Metric } from '../lib/catalogue.js'
import { parseHash } from '../lib/route.js'
import { usePage, useTicking, useValue } from './context.js'
import { Detail } from './Detail.js'
import { NoCatalogue, NoEvents, NoMetrics } from './Empty.js'
import { Header } from './Header.js'
import { Wall } from './Wall.js'

/** The page: the wall of all metrics, or the one that the address names. */
export function App() {
  const { catalogue, problem } = usePage().dashboard
  const known = useValue(catalogue)
  const trouble = useValue(problem)
  const hash = useSyncExternalStore(onHash, () => location.hash)
  const route = parseHash(hash)
  const open = known?.metrics.find(metric => metric.name === route.metric)
  useEffect(() => {
    document.title = open ? `${open.title} · ${known?.title}` : (known?.title ?? 'Dashboard')
  }, [known, open])
  return (
    <>
      <Header />
      {!known && <NoCatalogue problem={trouble ?? 'loading'} />}
      {known && known.metrics.length === 0 && <NoMetrics />}
      {known && known.metrics.length > 0 && (
        <>
          <WaitingHint metrics={known.metrics} />
          {open ? <Detail key={open.name} metric={open} range={route.range} /> : <Wall metrics={known.metrics} />}
        </>
      )}
    </>
  )
}

const PATIENCE_MS = 4_000

/** Shown after a few seconds in which not one metric had anything to count. */
function WaitingHint({ metrics }: { readonly metrics: readonly Metric[] }) {
  const { feeds } = usePage().dashboard
  const silent = useTicking(() => {
    const waited = performance.now() > PATIENCE_MS
    return String(waited && metrics.every(metric => !feeds.get(metric.name).shown.get()?.value))
  })
  return silent === 'true' ? <NoEvents /> : null
}

function onHash(listener: () => void) {
  addEventListener('hashchange', listener)
  return () => removeEventListener('hashchange', listener)
}
