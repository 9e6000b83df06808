import { limits } from '../limits.js'
import type { Rule } from '../rule.js'
import { count } from '../text.js'

/** More viewers than one push node should serve, and nothing that fans out to several. */
export const redisMissing: Rule = {
  code: 'redis-missing',
  severity: 'warning',
  check({ viewers = 0, target, metrics, sources, spans }, report) {
    const span = spans?.['expect.viewers'] ?? metrics[0]?.span ?? sources[0]?.span
    if (viewers <= limits.viewers.direct || target.redis || !span) return
    report({
      message: `${count(viewers)} viewers and no Redis in target ${target.name}: above ${limits.viewers.direct} viewers several push nodes share their updates through it`,
      span,
      fix: `add redis: { url: … } to targets.${target.name}, or choose a target that has it with --target`,
    })
  },
}
