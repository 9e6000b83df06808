import type { Metric } from '../lib/catalogue.js'
import { CHANNEL_WORDS, TIER_WORDS, windowText } from '../lib/words.js'

/** Window, tier and channel of a metric in a few words. */
export function Badges({ metric }: { readonly metric: Metric }) {
  const [channel, promise] = CHANNEL_WORDS[metric.deliver]
  return (
    <span className="badges">
      <span className="badge" title={TIER_WORDS[metric.tier]}>{`Tier ${metric.tier}`}</span>
      <span className="badge" title={promise}>
        {channel}
      </span>
      {metric.window && <span className="window">{windowText(metric.window)}</span>}
    </span>
  )
}
