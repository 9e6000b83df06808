import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import Handlebars from 'handlebars'

/** templates/ lies at the package's root, two folders up from src/compile and from dist/compile alike. */
const folder = fileURLToPath(new URL('../../templates/', import.meta.url))

const compiled = new Map<string, Handlebars.TemplateDelegate>()

/**
 * Fills `templates/<path>.hbs`. Values come in already written for the file's language: Handlebars' own escaping is
 * HTML's and is off. A value that the template names and the data lack is an error.
 */
export function renderTemplate(path: string, data: Readonly<Record<string, unknown>>): string {
  let template = compiled.get(path)
  if (template === undefined) {
    const text = readFileSync(`${folder}${path}.hbs`, 'utf8')
    template = Handlebars.compile(text, { strict: true, noEscape: true, knownHelpersOnly: true })
    compiled.set(path, template)
  }
  return template(data)
}
