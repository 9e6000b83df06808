import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Compiled, compile } from '../../src/compile/compile.js'
import { check } from '../../src/config/check.js'

export interface CompiledExample {
  /** `storefront/prod`: the folder and the target. */
  readonly name: string
  /** Where its compiled output is kept. */
  readonly build: string
  readonly compiled: Compiled
}

const folder = fileURLToPath(new URL('../../examples/', import.meta.url))

/** Every example for the local target, and for `prod` where it has one. */
export async function compiledExamples(): Promise<CompiledExample[]> {
  const found: CompiledExample[] = []
  for (const example of readdirSync(folder).sort()) {
    for (const target of ['local', 'prod']) {
      const { model, diagnostics } = await check(join(folder, example, 'metrics.yaml'), { target })
      if (model === undefined && target === 'prod' && diagnostics.every(({ code }) => code === 'unknown-target'))
        continue
      if (model === undefined) throw new Error(`${example}, ${target}: ${diagnostics.map(d => d.message).join('; ')}`)
      found.push({
        name: `${example}/${target}`,
        build: join(folder, example, 'build', target),
        compiled: compile(model),
      })
    }
  }
  return found
}
