import { inOrder } from '../diagnostics/order.js'
import type { Diagnostic } from '../model/diagnostic.js'
import type { Model } from '../model/model.js'
import { runRules } from '../rules/registry.js'
import { createFindings } from './findings.js'
import { loadFiles } from './include.js'
import { mergeFiles } from './merge.js'
import { resolve } from './resolve.js'
import { validateSchema } from './schema.js'

/** A checked metrics file: the model when no finding is an error, all findings in order, and the files' texts by name. */
export interface Checked {
  readonly model?: Model
  readonly diagnostics: readonly Diagnostic[]
  readonly texts: ReadonlyMap<string, string>
}

/** Loads a metrics file and what it includes, checks all of it, and resolves it for one target. Never throws for what is in a file. */
export async function check(path: string, options: { readonly target: string }): Promise<Checked> {
  const findings = createFindings()
  const { roots, texts } = await loadFiles(path, findings)
  const document = mergeFiles(roots, findings)
  if (document === undefined) return { diagnostics: inOrder(findings.all), texts }
  validateSchema(document, findings)
  const model = resolve(document, options.target, findings)
  if (model === undefined || findings.all.some(finding => finding.severity === 'error')) {
    return { diagnostics: inOrder(findings.all), texts }
  }
  const diagnostics = inOrder([...findings.all, ...runRules(model)])
  const failed = diagnostics.some(diagnostic => diagnostic.severity === 'error')
  return failed ? { diagnostics, texts } : { model, diagnostics, texts }
}
