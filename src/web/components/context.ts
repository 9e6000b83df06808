import { createContext, useContext, useSyncExternalStore } from 'react'
import type { Dashboard } from '../lib/dashboard.js'
import type { Observable } from '../lib/observable.js'
import type { Theme } from '../lib/theme.js'

/** What every component may need: made once, before the first render. */
export interface Page {
  readonly dashboard: Dashboard
  readonly theme: Observable<Theme>
}

export const PageContext = createContext<Page | null>(null)

export function usePage(): Page {
  const page = useContext(PageContext)
  if (!page) throw new Error('PageContext is missing')
  return page
}

/** Renders again when the observable was set. */
export function useValue<T>(value: Observable<T>): T {
  return useSyncExternalStore(value.subscribe, value.get)
}

/** A text made from the server's time: looked at on every tick, rendered only when it reads differently. */
export function useTicking(text: (now: number) => string): string {
  const { now } = usePage().dashboard
  return useSyncExternalStore(now.subscribe, () => text(now.get()))
}
