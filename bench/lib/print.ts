/** The q-quantile of numbers (nearest rank); NaN of none. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN
}

export const ms = (value: number): string => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`
export const rate = (perSecond: number): string => `${Math.round(perSecond).toLocaleString('en')}/s`

/** A table in Markdown: what bench/README.md keeps. */
export function table(title: string, head: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
  const lines = [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`)
  console.log(`\n### ${title}\n\n${lines.join('\n')}`)
}
