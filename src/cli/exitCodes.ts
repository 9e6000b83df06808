/** The same everywhere: `failed` could not do its work, `found` did it and found something (2-cli.md). */
export const exitCodes = { ok: 0, failed: 1, found: 2, interrupted: 130 } as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]
