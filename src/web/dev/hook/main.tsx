import { StrictMode, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { useRealtimeMetric } from '../../hook/useRealtimeMetric.js'

/** Somebody else's app: two components on one metric, a third on another that can be changed. */
function App() {
  const [metric, setMetric] = useState('revenue_today')
  return (
    <>
      <Count metric="requests_per_second" id="first" />
      <Count metric="requests_per_second" id="second" />
      <Count metric={metric} id="other" />
      <button type="button" onClick={() => setMetric('p99_latency_1h')}>
        change
      </button>
    </>
  )
}

function Count({ metric, id }: { readonly metric: string; readonly id: string }) {
  const data = useRealtimeMetric(metric)
  const ordered = data.every((update, i) => i === 0 || update.timestamp > data[i - 1]!.timestamp)
  return (
    <output
      id={id}
      data-count={data.length}
      data-ordered={ordered}
      data-last={data.at(-1)?.timestamp}
      data-of={data[0]?.metric}
    >
      {data.at(-1)?.value}
    </output>
  )
}

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
