import type { Diagnostic, Span } from '../model/diagnostic.js'
import type { Setting } from '../model/model.js'
import { placeholders } from './placeholders.js'

export type Resolved =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly diagnostic: Diagnostic }

const nowhere: Span = { file: '', line: 1, column: 1, endLine: 1, endColumn: 1 }

/** The setting's value in this environment, or a finding that names the variable that is not set. Empty counts as not set. */
export function resolveSetting(setting: Setting, env: Readonly<Record<string, string | undefined>>): Resolved {
  let value = ''
  for (const part of placeholders(setting.template)) {
    if (part.kind === 'text') value += part.text
    else {
      const found = part.kind === 'variable' ? env[part.name] || part.otherwise : undefined
      if (found === undefined)
        return { ok: false, diagnostic: missing(part.kind === 'variable' ? part.name : setting.template, setting) }
      value += found
    }
  }
  return { ok: true, value }
}

function missing(name: string, { span }: Setting): Diagnostic {
  return {
    code: 'missing-variable',
    severity: 'error',
    message: `the environment variable ${name} is not set`,
    span: span ?? nowhere,
    fix: `set ${name}, or write a default: \${${name}:-…}`,
  }
}
