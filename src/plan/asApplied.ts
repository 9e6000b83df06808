import type { Compiled } from '../compile/compile.js'
import type { ColumnSpec, RollupSpec, TableSpec, ViewSpec } from '../model/resource.js'
import { names } from '../naming.js'
import { selectsOf } from '../targets/clickhouse/liveViews.js'
import { mark, markedId } from '../targets/clickhouse/mark.js'
import type { LiveTable, Observed } from '../targets/clickhouse/observe.js'
import { rollupSelect, ttlSql } from '../targets/clickhouse/render.js'

/**
 * What a server would hold right after an apply of `base`, without asking one: empty tables, and each SELECT in our own
 * form on both sides. `wanted` is what it will be compared with.
 */
export function asApplied(base: Compiled, wanted: Compiled): Observed {
  const database = wanted.model.project
  const exists = base.model.project === database
  const live = exists
    ? base.resources.flatMap(resource => {
        switch (resource.kind) {
          case 'clickhouse.table':
            return [tableOf(resource.spec)]
          case 'clickhouse.rollup':
            return [tableOf(resource.spec.table), rollupViewOf(resource.spec, resource.id)]
          case 'clickhouse.view':
            return [viewOf(resource.spec)]
          default:
            return []
        }
      })
    : []
  const tables = new Map(live.map(table => [table.name, table]))
  const selects = wanted.resources.flatMap(resource => selectsOf(resource, tables))
  return { database, exists, tables, filled: new Set(), normal: new Map(selects.map(select => [select, select])) }
}

const empty = { engine: '', engineFull: '', select: '', comment: '', rows: 0, bytes: 0, columns: [] }

function tableOf(spec: TableSpec): LiveTable {
  const settings = Object.entries(spec.settings).map(([name, value]) => `${name} = ${value}`)
  const ttl = spec.ttl === undefined ? '' : ` TTL ${ttlSql(spec.ttl)}`
  return {
    ...empty,
    name: spec.name,
    engine: spec.engine,
    engineFull: `${spec.engine} ORDER BY (${spec.orderBy.join(', ')})${ttl}${settings.length > 0 ? ` SETTINGS ${settings.join(', ')}` : ''}`,
    ...marked(spec.comment),
    columns: spec.columns.map(columnOf),
  }
}

const columnOf = ({ name, type, default: value = '', codec, comment = '' }: ColumnSpec) => ({
  bytes: 0,
  name,
  type,
  default: value,
  codec: codec === undefined ? '' : `CODEC(${codec})`,
  comment,
})

/** One view that computes all states: what an apply makes of a new rollup. */
function rollupViewOf(spec: RollupSpec, id: string): LiveTable {
  const states = spec.states.map(state => state.name)
  return {
    ...empty,
    name: names.rollupView(spec.table.name, states),
    select: rollupSelect(spec, spec.states, []),
    feeds: spec.table.name,
    ...marked(mark(id, 'fills it')),
    columns: [...spec.keys, ...spec.states].map(({ name }) => columnOf({ name, type: '' })),
  }
}

const viewOf = ({ name, select, feeds, comment }: ViewSpec): LiveTable => ({
  ...empty,
  name,
  select,
  ...marked(comment),
  ...(feeds && { feeds: feeds.table }),
  ...(feeds?.on === 'refresh' && {
    schedule: `EVERY ${feeds.everySeconds} SECOND OFFSET ${feeds.offsetSeconds} SECOND`,
  }),
})

const marked = (comment: string): { comment: string; owner: string } => ({ comment, owner: markedId(comment) ?? '' })
