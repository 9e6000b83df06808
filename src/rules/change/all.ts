// Every lint of the change itself, one line each; registry.ts makes the list of them.
export { alertDropped } from './alert-dropped.js'
export { alertMeaning } from './alert-meaning.js'
export { alertWithoutMetric } from './alert-without-metric.js'
export { destructiveChange } from './destructive-change.js'
export { longRebuild } from './long-rebuild.js'
export { metricRemoved } from './metric-removed.js'
export { slaRelaxed } from './sla-relaxed.js'
export { sourceRekeyed } from './source-rekeyed.js'
