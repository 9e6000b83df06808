import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { check } from '../config/check.js'
import type { Model } from '../model/model.js'

/** The model of a metrics file given as text; throws with all findings where it has errors. */
export async function modelOf(text: string): Promise<Model> {
  const dir = await mkdtemp(join(tmpdir(), 'rtdash-model-'))
  try {
    const file = join(dir, 'metrics.yaml')
    await writeFile(file, text)
    const { model, diagnostics } = await check(file, { target: 'local' })
    if (model === undefined) throw new Error(diagnostics.map(({ code, message }) => `${code}: ${message}`).join('\n'))
    return model
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}
