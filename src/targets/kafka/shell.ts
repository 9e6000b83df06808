import { placeholders } from '../../config/placeholders.js'
import type { Setting } from '../../model/model.js'

/** One word of a POSIX shell, whatever the text. */
export const shellWord = (text: string): string =>
  /^[\w.,:=/@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`

/** A setting as one word: `${NAME}` is the shell's own variable, and an error where it is not set. */
export function shellSetting(setting: Setting): string {
  return placeholders(setting.template)
    .map(part => {
      if (part.kind === 'text') return shellWord(part.text)
      if (part.kind !== 'variable') throw new Error(`${setting.template}: not a variable`)
      if (part.otherwise === undefined) return `"\${${part.name}:?is not set}"`
      return `"\${${part.name}:-${part.otherwise.replace(/[\\"$`]/g, '\\$&')}}"`
    })
    .join('')
}
