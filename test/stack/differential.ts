// What Flink wrote for a window and what ClickHouse answers, in one form to compare.

export interface Written {
  metric: string
  timestamp: number
  value: number | null
  exact: string | null
  series: string | null
}
export type Values = Map<string, { value: number | null; exact: string | null }>

/** A window's values by series, as JSON of the dimensions' values; `total` for the total. */
export function ofFlink({ value, exact, series }: Written): Values {
  const list = JSON.parse(series ?? '[]') as { by: object; value: number | null; exact: string | null }[]
  return new Map([
    ['total', { value, exact }],
    ...list.map(one => [JSON.stringify(Object.values(one.by)), { value: one.value, exact: one.exact }] as const),
  ])
}

export type Row = { total: number; value: number | null; exact?: string | null } & Record<string, unknown>

export function ofClickHouse(rows: readonly Row[]): Values {
  return new Map(
    rows.map(({ total, value, exact = null, ...by }) => [
      Number(total) === 1 ? 'total' : JSON.stringify(Object.values(by)),
      { value: value === null ? null : Number(value), exact },
    ]),
  )
}

const close = (a: number | null, b: number | null): boolean =>
  a === b || (a !== null && b !== null && Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b)))

/** What differs, for people; nothing where all is the same. */
export function difference(flinks: Values, clickhouses: Values, empty: number | null): string | undefined {
  for (const key of new Set([...flinks.keys(), ...clickhouses.keys()])) {
    const got = flinks.get(key)
    const want = clickhouses.get(key) ?? { value: empty, exact: null }
    if (got === undefined) return `no ${key}, ClickHouse has ${want.value}`
    if (!close(got.value, want.value)) return `${key} is ${got.value}, ClickHouse has ${want.value}`
    if ((got.exact ?? undefined) !== (want.exact ?? undefined)) return `${key} is ${got.exact}, exactly ${want.exact}`
  }
  return undefined
}
