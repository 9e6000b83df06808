import type { Setting, Target } from '../../model/model.js'
import type { Rule } from '../rule.js'

/** A password or token that stands in the file itself: it would stand in the repository and in `build/` as well. */
export const secretInFile: Rule = {
  code: 'secret-in-file',
  severity: 'warning',
  check({ target, metrics, sources }, report) {
    for (const [key, setting] of settingsOf(target)) {
      const span = setting?.span ?? metrics[0]?.span ?? sources[0]?.span
      if (setting === undefined || span === undefined || !holdsSecret(setting.template)) continue
      report({
        message: `targets.${target.name}.${key} has a password or token in it: whoever reads the file, or the files that compile makes of it, has it too`,
        span,
        fix: `write the address, or its secret part, as \${NAME}, and set that variable where it is used`,
      })
    }
  },
}

const settingsOf = ({ clickhouse, kafka, flink, redis, push }: Target): [string, Setting | undefined][] => [
  ['clickhouse.url', clickhouse.kind === 'server' ? clickhouse.url : undefined],
  ['kafka.brokers', kafka?.brokers],
  ['flink.gateway', flink?.gateway],
  ['flink.jobmanager', flink?.jobmanager],
  ['redis.url', redis?.url],
  ['push.url', push?.url],
]

/** `//user:password@` or `?token=…`, where what is secret is more than `${NAME}`. */
function holdsSecret(template: string): boolean {
  const bare = template.replace(/\$\{[^}]*\}/g, '')
  return /\/\/[^/?#]*:[^/?#@]+@/.test(bare) || /[?&](?:password|passwd|token|secret|api_?key)=[^&]/i.test(bare)
}
