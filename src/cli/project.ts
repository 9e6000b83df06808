import { dirname, join, resolve } from 'node:path'
import type { Checked } from '../config/check.js'
import type { Model } from '../model/model.js'
import { InvalidFileError } from './errors.js'
import { findFile } from './findFile.js'
import type { Output } from './output.js'

/** A metrics file that holds no error, and the folder where its local state lives. */
export interface Project {
  readonly file: string
  readonly model: Model
  /** `.rtdash` beside the metrics file. */
  readonly stateDir: string
}

/** Where the local state of a metrics file lives. */
export const stateDirOf = (file: string): string => join(dirname(resolve(file)), '.rtdash')

/** Reads and checks a metrics file; every finding, of any severity, is in the result. */
export async function checkFile(file: string, target: string): Promise<Checked> {
  const { check } = await import('../config/check.js')
  return check(file, { target })
}

/** The file's model, or an error that holds all findings. Warnings are told on stderr. */
export async function loadProject(flags: { file?: string; target: string }, output: Output): Promise<Project> {
  const file = findFile(flags.file)
  const checked = await checkFile(file, flags.target)
  const { formatText } = await import('../diagnostics/text.js')
  const text = formatText(checked.diagnostics, checked.texts, { color: output.noteStyle.enabled })
  if (checked.model === undefined) throw new InvalidFileError(file, text, checked.diagnostics)
  if (checked.diagnostics.length > 0) output.note(text)
  return { file, model: checked.model, stateDir: stateDirOf(file) }
}
