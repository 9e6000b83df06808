import type { Metric } from '../lib/catalogue.js'
import type { Feed } from '../lib/feed.js'
import { shortText } from '../lib/format.js'
import { seriesValues } from '../lib/series.js'
import { type LinePicker, useLines } from './useLines.js'

interface Props {
  readonly metric: Metric
  readonly feed: Feed
  readonly picker: LinePicker
  /** At most so many rows; the rest is counted in a last line. */
  readonly rows: number
}

/** Every series with its colour, its bar and its value: legend and ranking in one. */
export function SeriesTable({ metric, feed, picker, rows }: Props) {
  const { slots, ranked } = useLines(picker, feed)
  const update = feed.shown.get()
  const values = update ? seriesValues(update, metric.by) : new Map<string, number | null>()
  const names = [
    ...ranked.filter(name => values.has(name)),
    ...[...values.keys()].filter(name => !ranked.includes(name)),
  ]
  const largest = Math.max(0, ...[...values.values()].map(value => Math.abs(value ?? 0)))
  const more = names.length - rows
  return (
    <div className="series">
      <table>
        <caption className="visually-hidden">{`${metric.title} by ${metric.by.join(', ')}`}</caption>
        <thead>
          <tr>
            <th scope="col">{metric.by.join(' · ')}</th>
            <th scope="col">now</th>
          </tr>
        </thead>
        <tbody>
          {names.slice(0, more === 1 ? rows + 1 : rows).map(name => {
            const value = values.get(name) ?? null
            const slot = slots.indexOf(name)
            return (
              <tr key={name} data-series={name} data-slot={slot < 0 ? undefined : slot + 1}>
                <th scope="row" title={name}>
                  {name}
                </th>
                <td>{shortText(value, metric.unit)}</td>
                <td className="bar" aria-hidden="true">
                  <i style={{ scale: `${largest > 0 ? Math.abs(value ?? 0) / largest : 0} 1` }} />
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
      {more > 1 && <p className="more">{`and ${more} more`}</p>}
      {update?.truncated && <p className="more">smaller series are left out by the metric’s limit</p>}
    </div>
  )
}
