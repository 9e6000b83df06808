import { limits } from '../limits.js'
import { eachMetric, type Rule, spanOf } from '../rule.js'
import { count, duration } from '../text.js'

/** A slow metric promised on WebSocket to more viewers than a CDN-cacheable channel should be spared. */
export const broadcastOverWebsocket: Rule = {
  code: 'broadcast-over-websocket',
  severity: 'warning',
  check: eachMetric(({ metric, model: { viewers = 0 } }, report) => {
    if (viewers <= limits.viewers.fanOut || metric.tier === 1 || metric.deliver !== 'ws') return
    report({
      message: `metric ${metric.name}: ${count(viewers)} viewers on WebSocket for a refresh of ${duration(metric.refreshMs)}: above ${count(limits.viewers.fanOut)} viewers let a CDN carry it`,
      span: spanOf(metric, 'deliver'),
      fix: `use deliver: ${metric.tier === 2 ? 'sse' : 'poll'}, which a CDN can hold for all viewers`,
    })
  }),
}
