import { flinkText } from '../../expr/valuesFlink.js'

/** A duration as an interval literal; seconds alone take two digits, longer ones are written in days and time. */
export function interval(ms: number): string {
  const fraction = String(ms % 1000).padStart(3, '0')
  const seconds = Math.floor(ms / 1000)
  if (seconds < 60) return `INTERVAL '${seconds}.${fraction}' SECOND`
  const two = (n: number): string => String(n).padStart(2, '0')
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
  ]
  return `INTERVAL '${days} ${two(hours)}:${two(minutes)}:${two(seconds % 60)}.${fraction}' DAY TO SECOND`
}

/** Options of a table, one a line. */
export const options = (entries: Readonly<Record<string, string>>): string =>
  Object.entries(entries)
    .map(([key, value]) => `  ${flinkText(key)} = ${flinkText(value)}`)
    .join(',\n')

/** Epoch ms of a TIMESTAMP in UTC, which is the session's zone: Flink has whole seconds only. */
export const epochMs = (timestamp: string): string =>
  `UNIX_TIMESTAMP(DATE_FORMAT(${timestamp}, 'yyyy-MM-dd HH:mm:ss')) * 1000 + CAST(DATE_FORMAT(${timestamp}, 'SSS') AS BIGINT)`
