import { type Observable, observable } from './observable.js'

export type Theme = 'light' | 'dark'
const KEY = 'rtdash.theme'

/** The theme in use: the reader's choice if there is one, else the system's, followed as it changes. */
export function startTheme(): Observable<Theme> {
  const system = matchMedia('(prefers-color-scheme: dark)')
  const current = (): Theme => stored() ?? (system.matches ? 'dark' : 'light')
  const theme = observable(current())
  const show = () => {
    document.documentElement.dataset.theme = theme.get()
  }
  theme.subscribe(show)
  show()
  system.addEventListener('change', () => theme.set(current()))
  return theme
}

/** Switches to the other theme and remembers the choice where the browser lets us. */
export function toggleTheme(theme: Observable<Theme>): void {
  const next = theme.get() === 'dark' ? 'light' : 'dark'
  try {
    localStorage.setItem(KEY, next)
  } catch {
    // Storage may be forbidden: the choice then lasts as long as the page.
  }
  theme.set(next)
}

function stored(): Theme | null {
  try {
    const value = localStorage.getItem(KEY)
    return value === 'light' || value === 'dark' ? value : null
  } catch {
    return null
  }
}
