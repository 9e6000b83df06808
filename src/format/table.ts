import { stripVTControlCharacters } from 'node:util'

/** Rows in aligned columns; columns of numbers (`right`) end at the same place. Styled cells count by what is seen. */
export function table(rows: readonly (readonly string[])[], options: { right?: readonly number[] } = {}): string {
  const widths: number[] = []
  for (const row of rows)
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, seen(cell))
    })
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => {
        const padding = ' '.repeat((widths[column] ?? 0) - seen(cell))
        return options.right?.includes(column) ? padding + cell : cell + padding
      })
      .join('  ')
      .trimEnd()
  return rows.map(line).join('\n')
}

const seen = (cell: string): number => [...stripVTControlCharacters(cell)].length
