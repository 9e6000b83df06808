import type { Check } from '../check.js'

/** The service runs what the file says. */
export const config: Check = {
  id: 'configuration',
  group: 4,
  run: ({ compiled, after }) => {
    const [observed, limit] = [after.service.config, compiled.service.hash]
    if (observed === limit) return [{ observed, limit, verdict: 'pass' }]
    const reason = observed === null ? 'nothing was applied yet: rtdash apply' : 'the file has changed: rtdash apply'
    return [{ observed, limit, verdict: 'fail', reason }]
  },
}
