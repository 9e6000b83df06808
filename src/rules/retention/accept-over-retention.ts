import { eachSource, type Rule } from '../rule.js'
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
    for (const { name, ms, effect } of kept) {
      if (ms === null || (age !== null && age <= ms)) continue
      report({
        message: `source ${source.name}: accepts events ${age === null ? 'of any age' : `up to ${duration(age)} old`}, but keeps ${name} for ${duration(ms)}: an older event ${effect}`,
        span: source.span,
        fix: age === null ? `set retention.${name}: forever` : `accept at most ${duration(ms)}, or keep ${name} longer`,
      })
    }
  }),
}
