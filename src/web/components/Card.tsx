import { memo } from 'react'
import type { Metric } from '../lib/catalogue.js'
import { Badges } from './Badges.js'
import { Chart } from './Chart.js'
import { usePage } from './context.js'
import { Reading } from './Reading.js'
import { SeriesTable } from './SeriesTable.js'
import { Age, State } from './State.js'
import { useLinePicker } from './useLines.js'

interface Props {
  readonly metric: Metric
  readonly span: number
  readonly onOpen: (metric: string) => void
}

/** One metric on the wall. Only its small parts render on an update, never the card. */
export const Card = memo(function Card({ metric, span, onOpen }: Props) {
  const feed = usePage().dashboard.feeds.get(metric.name)
  const picker = useLinePicker(metric)
  const heading = `card-${metric.name}`
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the title is a link that does the same for the keyboard
    <article
      className="card"
      data-metric={metric.name}
      style={{ gridColumn: `span ${span}` }}
      aria-labelledby={heading}
      onClick={() => onOpen(metric.name)}
    >
      <header>
        <h2 id={heading}>
          <a href={`#${encodeURIComponent(metric.name)}`} onClick={event => event.stopPropagation()}>
            {metric.title}
          </a>
        </h2>
        <State metric={metric} feed={feed} />
      </header>
      <Reading metric={metric} feed={feed} />
      <div className="body">
        <Chart metric={metric} feed={feed} picker={picker} />
        {metric.by.length > 0 && <SeriesTable metric={metric} feed={feed} picker={picker} rows={6} />}
      </div>
      <footer>
        <Badges metric={metric} />
        <Age feed={feed} />
        {metric.description && <p className="description">{metric.description}</p>}
      </footer>
    </article>
  )
})
