import type { Problem } from '../lib/dashboard.js'

/** No metrics yet: what to do. */
export function NoMetrics() {
  return (
    <main className="empty">
      <h2>No metrics yet</h2>
      <p>
        Add a metric to <code>metrics.yaml</code> and apply it. It appears here without a reload.
      </p>
      <pre>{`metrics:
  requests_per_second: { tier: 1, measure: per_second(count()), window: 1s }`}</pre>
      <pre>rtdash apply</pre>
    </main>
  )
}

/** Metrics are there, events are not: how to send some. */
export function NoEvents() {
  const ingest = new URL('ingest/events', document.baseURI).href.split(/[?#]/)[0]
  return (
    <aside className="hint" role="status">
      <p>
        <b>No events yet.</b> Send sample events with <code>rtdash simulate</code>, or your own:
      </p>
      <pre>{`curl -X POST ${ingest} -H 'content-type: application/json' -d '{"event_type":"request"}'`}</pre>
    </aside>
  )
}

const PROBLEMS: Readonly<Record<Problem, readonly [title: string, text: string]>> = {
  loading: ['Loading', 'Asking the service for its metrics.'],
  unreachable: ['The service does not answer', 'Trying again. Is it running? rtdash status tells.'],
  unauthorised: ['A token is needed', 'Open this page with ?token=… and a read token for this dashboard.'],
}

/** There is no catalogue: why, and what happens next. */
export function NoCatalogue({ problem }: { readonly problem: Problem }) {
  const [title, text] = PROBLEMS[problem]
  return (
    <main className="empty" aria-busy={problem === 'loading'}>
      <h2>{title}</h2>
      <p>{text}</p>
    </main>
  )
}
