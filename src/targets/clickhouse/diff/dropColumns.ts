import type { Change, Step } from '../../../model/plan.js'
import type { ResourceOf } from '../../../model/resource.js'
import type { LiveTable, Observed } from '../observe.js'
import { dropTable } from '../render.js'
import { selectList } from '../selectList.js'
import { id, qualified } from '../text.js'

/**
 * Columns of a table that are no longer declared. They go when everything else is done and no view and no service
 * writes them any more: a part written with a column that the table has lost makes every later mutation of it fail.
 */
export function dropColumns(
  resource: ResourceOf<'clickhouse.table'>,
  columns: readonly string[],
  observed: Observed,
  drop: boolean,
): Change {
  const { database, name } = resource.spec
  return {
    id: `${resource.id}#columns`,
    kind: resource.kind,
    action: 'delete',
    risk: 'destructive',
    reason: columns.map(column => `column ${column} is no longer declared`).join(', '),
    dependsOn: [],
    steps: [
      ...(drop ? [] : detach(name, columns, observed)),
      { run: 'settle', title: 'wait for inserts that still write them' },
      {
        run: 'mutate',
        title: `drop ${columns.join(', ')}`,
        sql: `ALTER TABLE ${qualified(database, name)} ${columns.map(column => `DROP COLUMN IF EXISTS ${id(column)}`).join(', ')}`,
      },
    ],
    ...(resource.origin && { origin: resource.origin }),
  }
}

/**
 * Takes states that read a column of raw out of the views that compute them: ClickHouse drops no column that a view
 * names. A view whose key it is goes as a whole. What they stored stays.
 */
function detach(table: string, columns: readonly string[], observed: Observed): Step[] {
  const from = ` FROM ${observed.database}.${table} `
  return [...observed.tables.values()]
    .filter(
      view => view.owner !== undefined && view.feeds !== undefined && view.select.replaceAll('`', '').includes(from),
    )
    .flatMap(view => without(view, table, columns, observed.database))
}

function without(view: LiveTable, raw: string, columns: readonly string[], database: string): Step[] {
  const { items, rest } = selectList(view.select)
  const reads = (sql: string): boolean => columns.some(column => mentions(sql, column))
  const left = items.filter(item => !reads(item))
  if (left.length === items.length && !reads(rest)) return []
  const states = left.filter(item => / AS `?[a-z_]+_[0-9a-f]{8}`?$/.test(item))
  if (reads(rest) || states.length === 0)
    return [{ run: 'sql', title: `drop view ${view.name}`, sql: dropTable(database, view.name) }]
  return [
    {
      run: 'requery',
      title: `view ${view.name} computes less`,
      sql: `ALTER TABLE ${qualified(database, view.name)} MODIFY QUERY SELECT ${left.join(', ')}${rest}`,
      args: { raw, view: view.name },
    },
  ]
}

/** Whether an expression names the column, outside of its literals. */
const mentions = (sql: string, column: string): boolean => {
  const bare = sql.replace(/'(?:[^'\\]|\\.)*'/g, "''")
  return bare.includes(id(column)) || new RegExp(`(?<![\\w\`])${column}(?![\\w\`])`).test(bare)
}
