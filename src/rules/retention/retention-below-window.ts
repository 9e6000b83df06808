import { windowMs } from '../../compile/buckets.js'
import { eachMetric, type Rule, spanOf } from '../rule.js'
import { duration, windowText } from '../text.js'
import { onFlink } from '../waiting.js'

/** Events or rollups deleted while a window still needs them. */
export const retentionBelowWindow: Rule = {
  code: 'retention-below-window',
  severity: 'error',
  check: eachMetric(({ metric, source, model }, report) => {
    const length = windowMs(metric.window)
    const kept = [
      { name: 'rollup', ms: source.retention.rollupMs, use: 'the window is read from rollups' },
      { name: 'raw', ms: source.retention.rawMs, use: 'a changed metric is filled from raw events' },
      {
        name: 'topic',
        ms: onFlink(metric, model.target) ? source.retention.topicMs : null,
        use: 'Flink refills the window from the topic',
      },
    ]
    for (const { name, ms, use } of kept) {
      if (ms === null || ms >= length) continue
      report({
        message:
          `metric ${metric.name}: source ${source.name} keeps ${name} for ${duration(ms)}, ` +
          `less than the window of ${windowText(metric.window)}; ${use}`,
        span: spanOf(metric, 'window'),
        fix: `keep ${name} for at least ${duration(length)}, or shorten the window`,
      })
    }
  }),
}
