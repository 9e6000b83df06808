/** JSON as all our files have it. */
export const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`
