import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'

const ajv = new Ajv2020({ allErrors: true, strictTypes: false })

/** How a document differs from `schemas/<name>.schema.json`; null when it does not. */
export function schemaErrors(name: string, document: unknown): unknown {
  const path = fileURLToPath(new URL(`../../schemas/${name}.schema.json`, import.meta.url))
  const validate = ajv.compile(JSON.parse(readFileSync(path, 'utf8')))
  validate(document)
  return validate.errors
}
