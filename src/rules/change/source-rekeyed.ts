import type { Change } from '../../model/plan.js'
import { spanOf } from '../rule.js'
import type { ChangeRule } from './changeRule.js'

/** Events of one key go to another partition than before: their order across the change is lost. */
export const sourceRekeyed: ChangeRule = {
  code: 'source-rekeyed',
  severity: 'warning',
  check: ({ before, after, changes }, report) => {
    const was = new Map(before.sources.map(source => [source.name, source]))
    for (const source of after.sources) {
      const old = was.get(source.name)
      if (old === undefined || old.topic !== source.topic) continue
      if (old.key !== source.key)
        report({
          message: `source ${source.name}: key changes from ${old.key ?? 'none'} to ${source.key ?? 'none'}, so that the events of a key go to other partitions than before`,
          span: spanOf(source, 'key'),
          fix: 'give the source a new `topic:` where consumers rely on the order of a key',
        })
      const grown = changes.map(grownTopic).find(topic => topic?.name === source.topic)
      if (source.key !== undefined && grown !== undefined)
        report({
          message: `source ${source.name}: ${grown.to} partitions instead of ${grown.from} send its keys to others than before`,
          span: spanOf(source, 'partitions', 'expect'),
          fix: 'keep `partitions:`, or give the source a new `topic:` where consumers rely on the order of a key',
        })
    }
  },
}

function grownTopic({ before, after }: Change): { name: string; from: number; to: number } | undefined {
  if (before?.kind !== 'kafka.topic' || after?.kind !== 'kafka.topic') return undefined
  const { name, partitions: to } = after.spec
  const from = before.spec.partitions
  return to > from ? { name, from, to } : undefined
}
