import { freshness, worst } from '../lib/freshness.js'
import type { LinkStatus } from '../lib/link.js'
import { toggleTheme } from '../lib/theme.js'
import { usePage, useTicking, useValue } from './context.js'
import { StateSign } from './State.js'

const STATUS_WORDS: Readonly<Record<LinkStatus, string>> = {
  connecting: 'Connecting',
  live: 'Live',
  offline: 'Offline, reconnecting',
}

/** Name of the project, state of the whole, connection, viewers and the time in the project's zone. */
export function Header() {
  const { dashboard, theme } = usePage()
  const catalogue = useValue(dashboard.catalogue)
  const status = useValue(dashboard.status)
  const problem = useValue(dashboard.problem)
  const viewers = useValue(dashboard.viewers)
  const dark = useValue(theme) === 'dark'
  return (
    <header className="masthead">
      <h1>
        <a href="#/">{catalogue?.title ?? 'Dashboard'}</a>
      </h1>
      <Overall />
      <p className="connection" data-status={status} role="status">
        {status !== 'live' && problem === 'unauthorised' ? 'The token is refused' : STATUS_WORDS[status]}
        {viewers !== null && status === 'live' && (
          <span className="viewers">{`${viewers} ${viewers === 1 ? 'viewer' : 'viewers'}`}</span>
        )}
      </p>
      <Clock timezone={catalogue?.timezone ?? 'UTC'} />
      <div className="tools">
        <button
          type="button"
          onClick={() => toggleTheme(theme)}
          aria-label={dark ? 'Use light colours' : 'Use dark colours'}
        >
          <svg viewBox="0 0 20 20" aria-hidden="true">
            <circle cx="10" cy="10" r="7" />
            <path className="solid" d="M10 3a7 7 0 0 1 0 14z" />
          </svg>
        </button>
        <button type="button" onClick={toggleFullscreen} aria-label="Full screen">
          <svg viewBox="0 0 20 20" aria-hidden="true">
            <path d="M3.5 7.5v-4h4M16.500 7.500v-4h-4M3.500 12.500v4h4M16.500 12.500v4h-4" />
          </svg>
        </button>
      </div>
    </header>
  )
}

function Overall() {
  const { catalogue, feeds } = usePage().dashboard
  const metrics = useValue(catalogue)?.metrics ?? []
  const [state, count] = useTicking(now => {
    const states = metrics.map(metric => freshness(feeds.get(metric.name).shown.get(), metric, now))
    return `${worst(states)} ${states.filter(each => each === 'fresh').length}`
  }).split(' ') as [ReturnType<typeof worst>, string]
  if (metrics.length === 0) return <p className="overall" />
  const text = Number(count) === metrics.length ? `All ${count} on time` : `${count} of ${metrics.length} on time`
  return (
    <p className="overall" data-overall={state}>
      <StateSign state={state} text={text} />
    </p>
  )
}

function Clock({ timezone }: { readonly timezone: string }) {
  const time = useTicking(now => clockFormat(timezone).format(now))
  const place = timezone.split('/').at(-1)?.replaceAll('_', ' ')
  return (
    <p className="clock">
      <time>{time}</time>
      <span className="zone">{place}</span>
    </p>
  )
}

const formats = new Map<string, Intl.DateTimeFormat>()
function clockFormat(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known) return known
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', second: '2-digit' })
  formats.set(timeZone, format)
  return format
}

function toggleFullscreen() {
  if (document.fullscreenElement) void document.exitFullscreen()
  else void document.documentElement.requestFullscreen?.().catch(() => undefined)
}
