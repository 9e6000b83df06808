import type { Metric } from '../lib/catalogue.js'
import type { Feed } from '../lib/feed.js'
import { formatValue, valueText } from '../lib/format.js'
import { useValue } from './context.js'

/** The current value, large, with its unit; the raw number and its time are in the element's data. */
export function Reading({ metric, feed }: { readonly metric: Metric; readonly feed: Feed }) {
  const update = useValue(feed.shown)
  const { before, digits, after } = formatValue(update?.value, metric.unit)
  return (
    <p
      className="reading"
      data-value={update?.value ?? ''}
      data-timestamp={update?.timestamp ?? ''}
      title={update?.exact ?? (update?.value === null || !update ? 'no value' : String(update.value))}
    >
      <span className="visually-hidden">{update ? valueText(update.value, metric.unit) : 'no value yet'}</span>
      <span aria-hidden="true">
        {before && <span className="unit">{before}</span>}
        <span className="digits" data-long={digits.length > 7 || undefined}>
          {digits}
        </span>
        {after && <span className="unit">{after}</span>}
      </span>
    </p>
  )
}
