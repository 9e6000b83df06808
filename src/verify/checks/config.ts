import type { Check } from '../check.js'

/** The service runs what the file says. */
export const config: Check = {
  id: 'configuration',
  group: 4,
  run: ({ compiled, applied, after }) => {
    const [observed, limit] = [after.service.config, compiled.service.hash]
    if (observed === limit) return [{ observed, limit, verdict: 'pass' }]
    const reason =
      applied === limit
        ? 'the service does not take up what was applied: its log says why'
        : 'the file has changed: rtdash apply'
    return [{ observed, limit, verdict: 'fail', reason }]
  },
}
