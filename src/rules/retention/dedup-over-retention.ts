import { eachSource, type Rule, spanOf } from '../rule.js'
import { duration } from '../text.js'

/** Ids are remembered for longer than the raw events that they are refilled from after a restart. */
export const dedupOverRetention: Rule = {
  code: 'dedup-over-retention',
  severity: 'warning',
  check: eachSource((source, model, report) => {
    const { rawMs } = source.retention
    if (source.dedupMs === undefined || rawMs === null || source.dedupMs <= rawMs || model.target.redis) return
    report({
      message: `source ${source.name}: dedup ${duration(source.dedupMs)} is longer than raw events are kept, ${duration(rawMs)}: after a restart older ids are unknown and count again`,
      span: spanOf(source, 'dedup'),
      fix: `use dedup: ${duration(rawMs)} or less, keep raw longer, or add redis to the target`,
    })
  }),
}
