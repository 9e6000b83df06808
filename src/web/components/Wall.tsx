import { useSyncExternalStore } from 'react'
import type { Metric } from '../lib/catalogue.js'
import { gridColumns, packSpans } from '../lib/layout.js'
import { formatHash } from '../lib/route.js'
import { Card } from './Card.js'

/** All metrics in an aligned grid without holes; metrics with series are twice as wide where there is room. */
export function Wall({ metrics }: { readonly metrics: readonly Metric[] }) {
  const width = useSyncExternalStore(onResize, widthRem)
  const wanted = metrics.map(metric => (metric.by.length > 0 ? 2 : 1))
  const columns = gridColumns(
    wanted.reduce<number>((sum, want) => sum + want, 0),
    width,
  )
  const spans = packSpans(wanted, columns)
  return (
    <main
      className="wall"
      style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}
      data-dense={columns >= 5 || undefined}
    >
      {metrics.map((metric, i) => (
        <Card key={metric.name} metric={metric} span={spans[i] ?? 1} onOpen={open} />
      ))}
    </main>
  )
}

function open(metric: string) {
  location.hash = formatHash({ metric, range: 'live' })
}

function onResize(listener: () => void) {
  addEventListener('resize', listener)
  return () => removeEventListener('resize', listener)
}

/** Width of the window in rem, whole numbers: small changes need no new layout. */
function widthRem(): number {
  return Math.floor(innerWidth / Number.parseFloat(getComputedStyle(document.documentElement).fontSize))
}
