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
    const short = kept.flatMap(part => (part.ms === null || part.ms >= length ? [] : { ...part, ms: part.ms }))
    if (short.length === 0) return
    const found = short.map(({ name, ms, use }) => `${name} for ${duration(ms)} (${use})`).join(' and ')
    report({
      message: `metric ${metric.name}: its window of ${windowText(metric.window)} is longer than source ${source.name} keeps ${found}`,
      span: spanOf(metric, 'window'),
      fix: `keep ${short.map(({ name }) => name).join(' and ')} for at least ${duration(length)}, or shorten the window`,
    })
  }),
}
