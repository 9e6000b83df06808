import { useEffect, useRef } from 'react'
import type { Metric } from '../lib/catalogue.js'
import { extend, type Point, toColumns } from '../lib/columns.js'
import type { Feed } from '../lib/feed.js'
import { axisText, shortText } from '../lib/format.js'
import { hasSeries, type Past } from '../lib/history.js'
import { createPlot } from '../lib/plot.js'
import { usePage, useValue } from './context.js'
import type { LinePicker } from './useLines.js'

interface Props {
  readonly metric: Metric
  readonly feed: Feed
  readonly picker: LinePicker
  readonly large?: boolean
  /** Points from history and the step between them: live updates are drawn after them. */
  readonly past?: Past
}

/** A chart that follows its metric without rendering: new data goes straight to the canvas, and only while it can be seen. */
export function Chart({ metric, feed, picker, large = false, past }: Props) {
  const host = useRef<HTMLDivElement>(null)
  const { dashboard, theme } = usePage()
  const shownTheme = useValue(theme)
  const timezone = useValue(dashboard.catalogue)?.timezone ?? 'UTC'

  // `shownTheme` is a dependency because the colours are read from the page when the chart is made.
  useEffect(() => {
    if (!host.current) return
    const plot = createPlot(host.current, {
      timezone,
      large,
      text: value => shortText(value, metric.unit),
      axisText: value => axisText(value, metric.unit),
      lineNames: () => picker.lines.get().slots,
    })
    let visible = true
    const draw = () => {
      if (!visible) return
      const live: readonly Point[] = feed.history.toArray()
      const points = past ? extend(past.points, live, past.stepMs) : live
      const { slots } = picker.pick(points, performance.now())
      const lines = past && !hasSeries(past) ? [] : slots
      plot.setData(toColumns(points, metric.by, lines, past?.stepMs ?? metric.refreshMs))
    }
    const sight = new IntersectionObserver(
      entries => {
        visible = entries.at(-1)?.isIntersecting ?? true
        draw()
      },
      { rootMargin: '15%' },
    )
    sight.observe(host.current)
    draw()
    const stop = feed.shown.subscribe(draw)
    return () => {
      stop()
      sight.disconnect()
      plot.destroy()
    }
  }, [metric, feed, picker, past, large, timezone, shownTheme])

  return <div className="plot" ref={host} role="img" aria-label={`${metric.title} over time`} />
}
