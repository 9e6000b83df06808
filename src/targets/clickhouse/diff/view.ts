import type { Change } from '../../../model/plan.js'
import type { ResourceOf } from '../../../model/resource.js'
import { normalSchedule } from '../normalize.js'
import type { Observed } from '../observe.js'
import { createView, dropTable } from '../render.js'
import { baseOf } from './base.js'

/** A view differs when its SELECT, its target or its schedule does. Views hold nothing: changing one is safe. */
export function diffView(resource: ResourceOf<'clickhouse.view'>, observed: Observed): Change | undefined {
  const { spec } = resource
  const live = observed.tables.get(spec.name)
  const base = { ...baseOf(resource), risk: 'safe' } as const
  const create = { run: 'sql', title: `create view ${spec.name}`, sql: createView(spec) }
  if (live === undefined) return { ...base, action: 'create', reason: 'new view', steps: [create] }
  const reasons = [
    ...(live.select !== observed.normal.get(spec.select) ? ['its query'] : []),
    ...(live.feeds !== spec.feeds?.table ? ['its target'] : []),
    ...(scheduleOf(spec.feeds) !== (live.schedule === undefined ? undefined : normalSchedule(live.schedule))
      ? ['its schedule']
      : []),
    ...(live.comment !== spec.comment ? ['its mark'] : []),
  ]
  if (reasons.length === 0) return undefined
  const drop = { run: 'sql', title: `drop view ${spec.name}`, sql: dropTable(spec.database, spec.name) }
  // A plain view is replaced in one statement; one that writes is made anew.
  const plain = spec.feeds === undefined && live.feeds === undefined
  return {
    ...base,
    action: plain ? 'update' : 'replace',
    reason: `changed: ${reasons.join(', ')}`,
    steps: plain ? [create] : [drop, create],
  }
}

const scheduleOf = (feeds: ResourceOf<'clickhouse.view'>['spec']['feeds']): string | undefined =>
  feeds?.on === 'refresh' ? `${feeds.everySeconds}+${feeds.offsetSeconds}` : undefined
