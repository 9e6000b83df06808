import { eachSource, type Rule, spanOf } from '../rule.js'
import { duration } from '../text.js'

/** Events accepted at an age at which their rollup or their neighbours in raw are already deleted. */
export const acceptOverRetention: Rule = {
  code: 'accept-over-retention',
  severity: 'warning',
  check: eachSource((source, _model, report) => {
    const age = source.accept.olderMs
    const kept = [
      { name: 'rollup', ms: source.retention.rollupMs, effect: 'is deleted from rollups as it arrives' },
      {
        name: 'raw',
        ms: source.retention.rawMs,
        effect: 'stands alone in raw, so a backfill of its time counts too little',
      },
    ]
    const short = kept.flatMap(part =>
      part.ms === null || (age !== null && age <= part.ms) ? [] : { ...part, ms: part.ms },
    )
    if (short.length === 0) return
    const found = short
      .map(({ name, ms, effect }) => `${name} for ${duration(ms)} (an older event ${effect})`)
      .join(' and ')
    report({
      message: `source ${source.name}: accepts events ${age === null ? 'of any age' : `up to ${duration(age)} old`}, but keeps ${found}`,
      span: spanOf(source, 'accept.older', 'accept', 'retention.rollup', 'retention.raw', 'retention'),
      fix: `${age === null ? 'keep all' : `keep for ${duration(age)} or more`} in retention: ${short.map(({ name }) => name).join(' and ')}, or accept less`,
    })
  }),
}
