import { gunzipSync, gzipSync } from 'node:zlib'
import type { FlinkJobSpec } from '../../model/resource.js'

// A job carries the whole of what it was made from, so that the running system itself says what runs, and a plan
// compares the same two things as one between two files. Variables stay `${NAME}`: no secret is in it.

const KEY = 'rtdash.spec'

/** As `pipeline.global-job-parameters`; base64url has none of the characters that separate entries. */
export const mark = (spec: FlinkJobSpec): string => `${KEY}:${gzipSync(JSON.stringify(spec)).toString('base64url')}`

/** What a job was made from; undefined for one that is not ours. */
export function markedSpec(parameters: Readonly<Record<string, string>>): FlinkJobSpec | undefined {
  const text = parameters[KEY]
  if (text === undefined) return undefined
  try {
    return JSON.parse(gunzipSync(Buffer.from(text, 'base64url')).toString()) as FlinkJobSpec
  } catch {
    return undefined
  }
}
