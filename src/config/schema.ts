import { readFileSync } from 'node:fs'
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import type { Findings } from './findings.js'
import { describeSchemaError } from './schemaErrors.js'
import { type Node, toPlain } from './yaml/node.js'

/** More findings than anybody reads: what follows is not translated. */
const maxErrors = 500

/** Checks the whole document against schemas/metrics.schema.json; every violation becomes a finding in plain words. */
export function validateSchema(document: Node, findings: Findings): void {
  const validate = compiled()
  if (validate(toPlain(document))) return
  for (const error of (validate.errors ?? []).slice(0, maxErrors))
    describeSchemaError(error as ErrorObject, document, findings)
}

let validator: ValidateFunction | undefined

function compiled(): ValidateFunction {
  if (validator === undefined) {
    const schema = JSON.parse(readFileSync(new URL('../../schemas/metrics.schema.json', import.meta.url), 'utf8'))
    // The schema itself is checked in a test, not at every start.
    const ajv = new Ajv2020({
      allErrors: true,
      verbose: true,
      strict: true,
      allowUnionTypes: true,
      validateSchema: false,
    })
    validator = ajv.compile(schema)
  }
  return validator
}
