import { existsSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { CliError } from './errors.js'

const fileName = 'metrics.yaml'

/** Path of the metrics file: the one asked for, else the nearest metrics.yaml from `cwd` upward. Relative to `cwd` where that is short. */
export function findFile(asked: string | undefined, cwd: string = process.cwd()): string {
  if (asked !== undefined) {
    if (existsSync(resolve(cwd, asked))) return asked
    throw new CliError('file-not-found', `no file ${asked}`, 'check the path given with --file')
  }
  for (let folder = cwd; ; folder = dirname(folder)) {
    const path = join(folder, fileName)
    if (existsSync(path)) return relative(cwd, path)
    if (dirname(folder) === folder) break
  }
  throw new CliError(
    'file-not-found',
    `no ${fileName} here or in any folder above`,
    'rtdash init makes a project; --file names a file elsewhere',
  )
}
