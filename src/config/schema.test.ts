import { readFile } from 'node:fs/promises'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'

interface Schema {
  $ref?: string
  $defs?: Record<string, Schema>
  properties?: Record<string, Schema>
  items?: Schema
  additionalProperties?: Schema | boolean
  description?: string
  examples?: unknown[]
}

const schema = JSON.parse(
  await readFile(new URL('../../schemas/metrics.schema.json', import.meta.url), 'utf8'),
) as Schema
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true })
ajv.addSchema(schema, 'metrics')

/** Every key that a file may have, with the path to its schema. */
function keysOf(part: Schema, path: string): [path: string, key: Schema][] {
  const own = Object.entries(part.properties ?? {}).map(([name, key]): [string, Schema] => [
    `${path}/properties/${name}`,
    key,
  ])
  const nested: [string, Schema][] = [
    ...own,
    ...Object.entries(part.$defs ?? {}).map(([name, def]): [string, Schema] => [`${path}/$defs/${name}`, def]),
  ]
  if (part.items) nested.push([`${path}/items`, part.items])
  if (typeof part.additionalProperties === 'object')
    nested.push([`${path}/additionalProperties`, part.additionalProperties])
  return [...own, ...nested.flatMap(([at, each]) => keysOf(each, at))]
}

test.each(keysOf(schema, '#'))('%s has a description and examples that are right', (path, key) => {
  expect(key.description?.length).toBeGreaterThan(10)
  expect(key.examples?.length).toBeGreaterThan(0)
  const validate = ajv.compile({ $ref: `metrics${path.replaceAll('$', '%24')}` })
  for (const example of key.examples ?? [])
    expect(validate(example), JSON.stringify([example, validate.errors])).toBe(true)
})

test('the schemas are valid JSON Schema 2020-12', async () => {
  expect(ajv.validateSchema(schema as object)).toBe(true)
  const findings = JSON.parse(await readFile(new URL('../../schemas/validate.schema.json', import.meta.url), 'utf8'))
  expect(ajv.validateSchema(findings)).toBe(true)
})
