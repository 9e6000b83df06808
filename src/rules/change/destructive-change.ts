import { counted } from '../../format/counted.js'
import { bytes } from '../../format/quantity.js'
import type { ChangeRule } from './changeRule.js'

/** A change that loses data: apply refuses it unless told. */
export const destructiveChange: ChangeRule = {
  code: 'destructive-change',
  severity: 'error',
  check: ({ changes, top }, report) => {
    for (const { id, risk, reason, impact, origin } of changes) {
      if (risk !== 'destructive') continue
      const held = impact === undefined ? '' : ` (${counted(impact.rows, 'row')}, ${bytes(impact.bytes)})`
      report({
        message: `${id.replace(/#.*/, '')} loses data: ${reason}${held}`,
        span: origin ?? top,
        fix: 'keep it declared, or say that it may go: apply --allow-destructive',
      })
    }
  },
}
