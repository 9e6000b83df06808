/** How many columns a grid `width` rem wide has for `cells` cells: few and large for few metrics, more for many. */
export function gridColumns(cells: number, widthRem: number): number {
  const most = Math.max(1, Math.floor(widthRem / (cells > 16 ? 17 : 21)))
  const wanted = cells <= 1 ? 1 : cells <= 4 ? 2 : cells <= 9 ? 3 : cells <= 16 ? 4 : cells <= 30 ? 6 : 8
  return Math.min(most, wanted)
}

/** Column span of each cell, in order, so that every row is full: where the next one does not fit, the one before grows. */
export function packSpans(wanted: readonly number[], columns: number): number[] {
  const spans: number[] = []
  let free = columns
  for (const want of wanted) {
    const span = Math.min(want, columns)
    if (span > free) {
      spans[spans.length - 1]! += free
      free = columns
    }
    spans.push(span)
    free = free === span ? columns : free - span
  }
  if (free < columns && spans.length > 0) spans[spans.length - 1]! += free
  return spans
}
