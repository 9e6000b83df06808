import { createRequire } from 'node:module'
import { EngineUnavailableError } from './errors.js'

/** The builds whose undocumented entry point rtdash was tested with; package.json pins the same. */
export const PINNED = { chdb: '3.4.0', 'ffi-rs': '1.3.7', engine: '26.7.' } as const

export interface Platform {
  os: string
  arch: string
  /** False on musl; only asked on Linux. */
  glibc: boolean
}

export function currentPlatform(): Platform {
  return { os: process.platform, arch: process.arch, glibc: process.platform !== 'linux' || hasGlibc() }
}

/** Throws EngineUnavailableError where no build of the engine exists. */
export function requirePlatform(platform: Platform = currentPlatform()): void {
  const { os, arch, glibc } = platform
  const known = (os === 'linux' || os === 'darwin') && (arch === 'x64' || arch === 'arm64')
  if (!known) throw new EngineUnavailableError(`there is no build of chdb for ${os} ${arch}.`)
  if (!glibc)
    throw new EngineUnavailableError(`there is no build of chdb for ${os} ${arch} with musl (such as Alpine).`)
}

/** Installed packages that are not the tested versions, as `name found (tested: expected)`. */
export function unpinned(): string[] {
  const require = createRequire(import.meta.url)
  return (['chdb', 'ffi-rs'] as const).flatMap(name => {
    const { version } = require(`${name}/package.json`) as { version: string }
    return version === PINNED[name] ? [] : [`${name} ${version} (tested: ${PINNED[name]})`]
  })
}

function hasGlibc(): boolean {
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } }
  return report.header?.glibcVersionRuntime !== undefined
}
