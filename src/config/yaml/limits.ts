// What a metrics file may cost to read, whatever is in it. A file of 1,000 metrics has about 100,000 tokens,
// 20,000 values and five levels.

export const maxBytes = 1024 * 1024
export const maxTokens = 200_000
export const maxDepth = 60
/** Values after aliases are expanded: counted before anything is expanded. */
export const maxValues = 100_000
/** Syntax errors shown for one file: after the first few they follow from each other. */
export const maxSyntaxErrors = 20
