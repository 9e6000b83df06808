import { type Check, skipped } from '../check.js'

/** Alert rules loaded as compiled. */
export const alerts: Check = {
  id: 'alert-rules',
  group: 8,
  run: ({ compiled: { model } }) => [
    skipped(
      model.alerts.length === 0
        ? 'the file has no alerts'
        : 'this target has nothing that loads alert rules: no Prometheus is named in it',
    ),
  ],
}
