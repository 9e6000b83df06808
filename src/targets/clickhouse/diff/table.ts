import type { Step } from '../../../model/plan.js'
import type { TableSpec } from '../../../model/resource.js'
import { names } from '../../../naming.js'
import { PlanError } from '../../../plan/planError.js'
import { liveNormalTable, ttlSeconds, wantedTable } from '../normalize.js'
import type { LiveTable } from '../observe.js'
import { columnSql, ttlSql } from '../render.js'
import { id, qualified, str } from '../text.js'

/** What turns a live table into the wanted one: steps that lose nothing, and those that do. */
export interface TableDiff {
  readonly steps: readonly Step[]
  readonly reasons: readonly string[]
  readonly destructive: boolean
  /** Columns that are no longer wanted: they go last, when nobody writes them any more. */
  readonly gone: readonly string[]
  /** Columns that are no longer wanted and cannot go: rows are sorted by them. */
  readonly stays: readonly string[]
}

/** `keep`: columns that a table may have beyond the wanted ones (a rollup's states are compared elsewhere). */
export function diffTable(
  spec: TableSpec,
  live: LiveTable,
  keep: (column: string) => boolean = () => false,
): TableDiff {
  const [want, have] = [wantedTable(spec), liveNormalTable(live)]
  const alter = `ALTER TABLE ${qualified(spec.database, spec.name)}`
  const steps: Step[] = []
  const reasons: string[] = []
  let destructive = false
  const step = (title: string, sql: string, run = 'sql'): void =>
    void steps.push({ run, title, sql: `${alter} ${sql}` })

  const clustered = (engine: string): boolean => engine.startsWith('Replicated')
  if (clustered(want.engine) !== clustered(have.engine))
    throw new PlanError(
      'single-or-cluster',
      clustered(want.engine)
        ? `${spec.database} lies on a single server, and cannot become a cluster's in place (table ${spec.name})`
        : `${spec.database} lies on a cluster, and cannot move to a single server in place (table ${spec.name})`,
      'apply the target beside it under another `project:` name, let both take events in, and destroy the old one when nobody reads it any more',
    )
  if (!want.engine.startsWith(have.engine))
    throw new PlanError(
      'table-engine',
      `table ${spec.name}: its engine cannot be changed in place (live: ${have.engine}, wanted: ${want.engine})`,
      'give the source another `table:` name, which makes a new one beside it',
    )

  let after = ''
  for (const column of spec.columns) {
    const [w, h] = [want.columns.get(column.name)!, have.columns.get(column.name)]
    const place = after ? `AFTER ${id(after)}` : 'FIRST'
    after = column.name
    if (keep(column.name)) continue
    if (h === undefined) {
      step(`add column ${column.name}`, `ADD COLUMN IF NOT EXISTS ${columnSql(column)} ${place}`)
      reasons.push(`column ${column.name} is new`)
    } else if (h.type !== w.type) {
      throw new PlanError(
        'column-type',
        `table ${spec.name}: column ${column.name} is ${h.type} and cannot become ${w.type} in place`,
        'name the new column differently, or give the source another `table:` name',
      )
    } else if (h.codec !== w.codec || h.default !== w.default) {
      step(`change column ${column.name}`, `MODIFY COLUMN ${columnSql(column)}`)
      reasons.push(`column ${column.name}: default or codec`)
    }
  }
  const extra = [...have.columns.keys()].filter(name => !want.columns.has(name) && !keep(name))
  const key = sortingKey(live)
  const gone = extra.filter(name => !key.has(name))
  const stays = extra.filter(name => key.has(name))
  if (want.ttl !== have.ttl) {
    const shorter = spec.ttl !== undefined && spec.ttl.seconds < (ttlSeconds(have.ttl) ?? Number.POSITIVE_INFINITY)
    // Waits until rows are gone: what is filled from raw right after must not find them half there.
    step('change retention', spec.ttl ? `MODIFY TTL ${ttlSql(spec.ttl)}` : 'REMOVE TTL', 'mutate')
    reasons.push(shorter ? 'shorter retention deletes older rows at once' : 'longer retention')
    destructive ||= shorter
  }
  for (const [name, value] of want.settings) {
    if (have.settings.get(name) === value) continue
    step(`set ${name}`, `MODIFY SETTING ${name} = ${/^\d+$/.test(value) ? value : str(value)}`)
    reasons.push(`setting ${name}`)
  }
  if (live.left === 'held') {
    step('let events in', `DROP CONSTRAINT IF EXISTS ${id(names.hold)}`)
    reasons.push('an interrupted apply held events back')
  }
  if (live.comment !== spec.comment) {
    step('mark it', `MODIFY COMMENT ${str(spec.comment)}`)
    reasons.push('its mark')
  }
  return { steps, reasons, destructive, gone, stays }
}

/** The columns that rows are sorted by: ClickHouse drops none of them. */
const sortingKey = ({ engineFull }: LiveTable): Set<string> => {
  const [, many, one] = /ORDER BY (?:\(([^)]*)\)|(\S+))/.exec(engineFull) ?? []
  return new Set((many ?? one ?? '').split(', ').map(name => name.replace(/^`|`$/g, '')))
}
