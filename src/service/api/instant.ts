import { HttpError } from '../http/answer.js'

/** Instant of a query parameter: epoch ms, or ISO 8601 (UTC where it names no zone). Throws HttpError 400. */
export function instantParam(url: URL, name: string): number | undefined {
  const text = url.searchParams.get(name)
  if (text === null) return undefined
  const ms = /^\d{1,14}$/.test(text) ? Number(text) : isoInstant(text)
  if (Number.isNaN(ms)) throw new HttpError(400, 'bad_instant', `${name} must be epoch milliseconds or ISO 8601`)
  return ms
}

const isoInstant = (text: string): number =>
  /^\d{4}-\d\d-\d\d/.test(text)
    ? Date.parse(/(Z|[+-]\d\d:?\d\d)$|^.{10}$/i.test(text) ? text.replace(/ (?=[+-]?\d\d:?\d\d$)/, '+') : `${text}Z`)
    : Number.NaN

/** Duration of a query parameter: ms, or with a unit (`250ms`, `30s`, `5m`, `1h`, `1d`). Throws HttpError 400. */
export function durationParam(url: URL, name: string): number | undefined {
  const text = url.searchParams.get(name)
  if (text === null) return undefined
  const parts = /^(\d{1,12})(ms|s|m|h|d)?$/.exec(text)
  const ms = parts ? Number(parts[1]) * UNITS[parts[2] ?? 'ms']! : 0
  if (ms <= 0) throw new HttpError(400, 'bad_duration', `${name} must be a duration: 30s, 5m, 1h, or milliseconds`)
  return ms
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
