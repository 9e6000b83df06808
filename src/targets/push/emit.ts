import { placeholders } from '../../config/placeholders.js'
import type { Setting } from '../../model/model.js'

/** A value as JavaScript source. */
export const js = (value: unknown): string => JSON.stringify(value)

/** A setting as a JavaScript expression that reads its variables by `env(name, otherwise)` when it runs. */
export function jsSetting(setting: Setting): string {
  const parts = placeholders(setting.template).map(part => {
    if (part.kind === 'text') return js(part.text)
    if (part.kind !== 'variable') throw new Error(`${setting.template}: not a variable`)
    return `env(${[part.name, ...(part.otherwise === undefined ? [] : [part.otherwise])].map(js).join(', ')})`
  })
  return parts.join(' + ') || js('')
}

/** Text in a cell of a Markdown table, as code. */
export const markdownCode = (text: string): string =>
  text === ''
    ? ''
    : `\`${text
        .replace(/[\r\n]+/g, ' ')
        .replaceAll('`', "'")
        .replaceAll('|', '\\|')}\``
