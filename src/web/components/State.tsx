import type { Metric } from '../lib/catalogue.js'
import type { Feed } from '../lib/feed.js'
import { ageText, type Freshness, freshness } from '../lib/freshness.js'
import { FRESHNESS_WORDS } from '../lib/words.js'
import { useTicking } from './context.js'

interface Props {
  readonly metric: Metric
  readonly feed: Feed
}

/** Whether the newest value keeps the SLA: a sign with a shape and a word, so that colour is not all. */
export function State({ metric, feed }: Props) {
  const state = useTicking(now => freshness(feed.shown.get(), metric, now)) as Freshness
  return <StateSign state={state} text={FRESHNESS_WORDS[state]} />
}

export function StateSign({ state, text }: { readonly state: Freshness; readonly text: string }) {
  return (
    <span className="state" data-state={state}>
      <svg viewBox="0 0 12 12" aria-hidden="true">
        {state === 'fresh' && <circle cx="6" cy="6" r="4.5" />}
        {state === 'late' && <path d="M6 .8 11.6 11H.4z" />}
        {state === 'stale' && <path d="M1.4 1.4h9.2v9.2H1.4z" />}
        {state === 'waiting' && <circle className="hollow" cx="6" cy="6" r="4" />}
      </svg>
      {text}
    </span>
  )
}

/** How old the newest value is, by the server's clock. */
export function Age({ feed }: Pick<Props, 'feed'>) {
  const text = useTicking(now => {
    const update = feed.shown.get()
    return update ? `${ageText(now - update.timestamp)} ago` : ''
  })
  return (
    <span className="age">
      {text === '' ? 'no update yet' : <span className="word">updated </span>}
      {text}
    </span>
  )
}
