const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
const wide =
  /[\p{Emoji_Presentation}\u{1100}-\u{115f}\u{2e80}-\u{303e}\u{3041}-\u{a4cf}\u{ac00}-\u{d7a3}\u{f900}-\u{faff}\u{fe30}-\u{fe4f}\u{ff00}-\u{ff60}\u{ffe0}-\u{ffe6}\u{20000}-\u{3fffd}]/u

/** How many terminal cells a text takes: two for East Asian wide characters and emoji, none for combining marks. */
export function cells(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length
  let width = 0
  for (const { segment } of segmenter.segment(text)) width += wide.test(segment) || segment.includes('\ufe0f') ? 2 : 1
  return width
}

/** A line of a file made safe for the terminal: each tab as two spaces, other control characters as `·`. */
export const printable = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is them that must not reach a terminal
  text.replaceAll('\t', '  ').replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '·')
