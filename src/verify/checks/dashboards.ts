import { type Check, skipped } from '../check.js'

/** Dashboards loaded as compiled. */
export const dashboards: Check = {
  id: 'dashboards',
  group: 8,
  run: () => [skipped('this target has nothing that loads dashboards: the page is served by the service itself')],
}
