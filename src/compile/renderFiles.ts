import { createHash } from 'node:crypto'
import { engines } from '../targets/registry.js'
import type { Compiled } from './compile.js'
import { json } from './json.js'

/** Every artefact of a target, path → text: byte for byte the same for the same file. Secrets stay `${NAME}`. */
export function renderFiles(compiled: Compiled): ReadonlyMap<string, string> {
  const { model, resources } = compiled
  const files = new Map(engines.flatMap(engine => [...engine.render(compiled)]))
  const sorted = new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)))
  const manifest = {
    project: model.project,
    target: model.target.name,
    config: compiled.service.hash,
    resources: resources.map(resource => ({ id: resource.id, dependsOn: resource.dependsOn })),
    files: [...sorted].map(([path, text]) => ({ path, sha256: createHash('sha256').update(text).digest('hex') })),
  }
  return sorted.set('manifest.json', json(manifest))
}
