import { dirname, resolve } from 'node:path'
import type { Checked } from '../config/check.js'
import { formatText } from '../diagnostics/text.js'
import type { Model } from '../model/model.js'
import { InvalidFileError } from './errors.js'
import { findFile } from './findFile.js'
import type { Output } from './output.js'

/** A metrics file without errors. */
export interface Project {
  /** As it is shown to people. */
  readonly file: string
  /** The folder of the file, absolute: its local stack lives in `.rtdash` there. */
  readonly dir: string
  readonly model: Model
  /** Every file that was read, with its text. */
  readonly texts: ReadonlyMap<string, string>
}

/** The folder that holds a metrics file. */
export const folderOf = (file: string): string => dirname(resolve(file))

/** Reads and checks a metrics file; every finding, of any severity, is in the result. */
export async function checkFile(file: string, target: string): Promise<Checked> {
  const { check } = await import('../config/check.js')
  return check(file, { target })
}

/** The file's model, or an error that holds all findings. Warnings are told on stderr. */
export async function loadProject(
  flags: { file: string | undefined; target: string },
  output: Output,
): Promise<Project> {
  const file = findFile(flags.file)
  const { model, diagnostics, texts } = await checkFile(file, flags.target)
  const findings = formatText(diagnostics, texts, { color: output.noteStyle.enabled })
  if (model === undefined) throw new InvalidFileError(file, findings, diagnostics)
  if (diagnostics.length > 0) output.note(findings)
  return { file, dir: folderOf(file), model, texts }
}
