import { useEffect, useRef } from 'react'
import type { Metric } from '../lib/catalogue.js'
import { hasSeries } from '../lib/history.js'
import { RANGES, type Range } from '../lib/range.js'
import { formatHash } from '../lib/route.js'
import { CHANNEL_WORDS, durationText, TIER_WORDS, windowText } from '../lib/words.js'
import { Chart } from './Chart.js'
import { usePage } from './context.js'
import { Reading } from './Reading.js'
import { SeriesTable } from './SeriesTable.js'
import { Age, State } from './State.js'
import { useHistory } from './useHistory.js'
import { useLinePicker } from './useLines.js'

/** One metric over the whole page, live or over a range of its history. */
export function Detail({ metric, range }: { readonly metric: Metric; readonly range: Range }) {
  const feed = usePage().dashboard.feeds.get(metric.name)
  const picker = useLinePicker(metric)
  const history = useHistory(metric, range)
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  useEffect(() => {
    const leave = (event: KeyboardEvent) => {
      if (event.key === 'Escape') location.hash = '#/'
    }
    addEventListener('keydown', leave)
    return () => removeEventListener('keydown', leave)
  }, [])
  return (
    <main className="detail" data-metric={metric.name}>
      <header>
        <a className="back" href="#/">
          <span className="visually-hidden">Back to all metrics</span>
          <svg viewBox="0 0 20 20" aria-hidden="true">
            <path d="M16 10H4.500m5-5.500L4 10l5.500 5.500" />
          </svg>
        </a>
        <h2 ref={heading} tabIndex={-1}>
          {metric.title}
        </h2>
        <State metric={metric} feed={feed} />
        <Age feed={feed} />
        <nav aria-label="Time range">
          {RANGES.map(each => (
            <a
              key={each}
              href={formatHash({ metric: metric.name, range: each })}
              aria-current={each === range ? 'true' : undefined}
            >
              {each === 'live' ? 'Live' : each}
            </a>
          ))}
        </nav>
      </header>
      <Reading metric={metric} feed={feed} />
      {metric.description && <p className="lead">{metric.description}</p>}
      <div className="body">
        <div className="stage">
          <Chart
            metric={metric}
            feed={feed}
            picker={picker}
            large
            {...(history.state === 'ready' ? { past: history.past } : {})}
          />
          {history.state === 'loading' && <p className="notice">Loading history…</p>}
          {history.state === 'ready' && metric.by.length > 0 && !hasSeries(history.past) && (
            <p className="notice">The total over time; its parts are shown live.</p>
          )}
          {history.state === 'failed' && (
            <p className="notice" role="alert">{`No history: ${history.message}. Live values are shown.`}</p>
          )}
        </div>
        {metric.by.length > 0 && <SeriesTable metric={metric} feed={feed} picker={picker} rows={100} />}
      </div>
      <Facts metric={metric} />
    </main>
  )
}

function Facts({ metric }: { readonly metric: Metric }) {
  const facts: readonly (readonly [string, string])[] = [
    ['Window', windowText(metric.window)],
    ['Computed every', durationText(metric.refreshMs)],
    ['Promised within', durationText(metric.latencyMs)],
    ['Tier', TIER_WORDS[metric.tier]],
    ['Channel', CHANNEL_WORDS[metric.deliver][0]],
    ['Owner', metric.owner],
    ['Name', metric.name],
  ]
  return (
    <dl className="facts">
      {facts
        .filter(([, value]) => value !== '')
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  )
}
