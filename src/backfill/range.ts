/** Half-open, epoch ms. */
export interface Range {
  readonly from: number
  readonly to: number
}

/** How a rollup is partitioned: the three ways in which rtdash makes them. */
export type PartitionKey = 'toYYYYMMDD(bucket)' | 'toYYYYMM(bucket)' | 'toYear(bucket)'

export const isPartitionKey = (text: string): text is PartitionKey =>
  ['toYYYYMMDD(bucket)', 'toYYYYMM(bucket)', 'toYear(bucket)'].includes(text)

/** The partition that an instant lies in: its id, and the instants that it holds. */
export function partitionAt(key: PartitionKey, at: number): Range & { readonly id: string } {
  const date = new Date(at)
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()]
  const digits = (n: number, length: number): string => String(n).padStart(length, '0')
  switch (key) {
    case 'toYear(bucket)':
      return { id: String(year), from: Date.UTC(year, 0), to: Date.UTC(year + 1, 0) }
    case 'toYYYYMM(bucket)':
      return {
        id: `${year}${digits(month + 1, 2)}`,
        from: Date.UTC(year, month),
        to: Date.UTC(year, month + 1),
      }
    case 'toYYYYMMDD(bucket)':
      return {
        id: `${year}${digits(month + 1, 2)}${digits(day, 2)}`,
        from: Date.UTC(year, month, day),
        to: Date.UTC(year, month, day + 1),
      }
  }
}

/** Every partition that a range touches, oldest first. */
export function partitionsOf(key: PartitionKey, { from, to }: Range): (Range & { readonly id: string })[] {
  const found = []
  for (let at = from; at < to; ) {
    const partition = partitionAt(key, at)
    found.push(partition)
    at = partition.to
  }
  return found
}

/** The condition that a time column lies in a range. */
export const within = (column: string, { from, to }: Range): string =>
  `${column} >= fromUnixTimestamp64Milli(${from}, 'UTC') AND ${column} < fromUnixTimestamp64Milli(${to}, 'UTC')`
