import type { Resource, RollupSpec } from '../../model/resource.js'
import { markFacts } from './mark.js'
import type { LiveTable, Observed } from './observe.js'
import { arrivedFrom, rollupSelect } from './render.js'

/** The SELECTs to compare with what is live. */
export function selectsOf(resource: Resource, tables: ReadonlyMap<string, LiveTable>): string[] {
  if (resource.kind === 'clickhouse.view') return [resource.spec.select]
  if (resource.kind !== 'clickhouse.rollup') return []
  return viewsOf(resource.spec.table.name, tables).flatMap(view => expectedSelect(resource.spec, view) ?? [])
}

/** The views of ours that write into a table. */
export const viewsOf = (table: string, tables: ReadonlyMap<string, LiveTable>): readonly LiveTable[] => {
  let index = feeding.get(tables)
  if (index === undefined) {
    index = new Map()
    for (const view of tables.values()) {
      if (view.feeds === undefined || view.owner === undefined) continue
      const group = index.get(view.feeds)
      if (group) group.push(view)
      else index.set(view.feeds, [view])
    }
    feeding.set(tables, index)
  }
  return index.get(table) ?? []
}

/** Made once for each look at a server: a thousand metrics ask for it. */
const feeding = new WeakMap<ReadonlyMap<string, LiveTable>, Map<string, LiveTable[]>>()

/** What a rollup's view should say of the states that the file knows, or undefined when it computes none of them. */
export function expectedSelect(spec: RollupSpec, view: LiveTable): string | undefined {
  const computed = new Set(view.columns.map(({ name }) => name))
  const states = spec.states.filter(({ name }) => computed.has(name))
  if (states.length === 0) return undefined
  const { from } = markFacts(view.comment)
  return rollupSelect(spec, states, from === undefined ? [] : [arrivedFrom(Number(from))])
}

/** A fill's name: its view and its cut-over, epoch ms. */
export const fillKey = (view: string, from: number | string): string => `${view} ${from}`

/** Whether a view's states are whole: it needed no fill, or that was compared and found equal. */
export const isFilled = (view: LiveTable, { filled }: Observed): boolean => {
  const { from } = markFacts(view.comment)
  return from === undefined || filled.has(fillKey(view.name, from))
}
