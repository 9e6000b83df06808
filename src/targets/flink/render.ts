import { flinkText } from '../../expr/valuesFlink.js'
import type { FlinkJobSpec } from '../../model/resource.js'

/** The job as one statement: all inserts share what they read. */
export const statementSet = ({ inserts }: FlinkJobSpec): string =>
  `EXECUTE STATEMENT SET\nBEGIN\n${inserts.map(insert => `${insert};\n`).join('\n')}END`

/** A job's statements in order, as a SQL session takes them. */
export const statementsOf = (spec: FlinkJobSpec): string[] => [
  ...Object.entries(spec.settings).map(([key, value]) => `SET ${flinkText(key)} = ${flinkText(value)}`),
  ...spec.tables,
  statementSet(spec),
]
