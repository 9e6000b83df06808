/** The items of a SELECT in the server's own form, and all that follows them. */
export function selectList(select: string): { items: string[]; rest: string } {
  const head = 'SELECT '
  const items: string[] = []
  let depth = 0
  let start = head.length
  for (let i = start; i < select.length; i++) {
    const character = select[i]!
    if (character === "'" || character === '`') i = endOfQuoted(select, i)
    else if ('([{'.includes(character)) depth++
    else if (')]}'.includes(character)) depth--
    else if (depth === 0 && character === ',') {
      items.push(select.slice(start, i).trim())
      start = i + 1
    } else if (depth === 0 && select.startsWith(' FROM ', i)) {
      items.push(select.slice(start, i).trim())
      return { items, rest: select.slice(i) }
    }
  }
  return { items: [...items, select.slice(start).trim()], rest: '' }
}

/** Index of the quote that closes the one at `from`. */
function endOfQuoted(text: string, from: number): number {
  let i = from + 1
  while (i < text.length && text[i] !== text[from]) i += text[i] === '\\' ? 2 : 1
  return i
}
