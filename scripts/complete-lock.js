// npm leaves an optional package out of package-lock.json when the registry at hand does not have it, and `npm ci` then
// refuses the lock. Platform packages say by their names where they belong: this writes the entries that are missing,
// so that every other platform skips them and their own fetches them by version.
import { readFileSync, writeFileSync } from 'node:fs'

const systems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32']
const processors = ['arm64', 'arm', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64']

/** `@scope/lib-linux-arm64-musl` belongs to linux, arm64, musl. */
function platformOf(name) {
  const words = name.split(/[-/]/)
  const os = name === 'fsevents' ? 'darwin' : systems.find(system => words.includes(system))
  const cpu = processors.find(processor => words.includes(processor))
  const libc = words.some(word => word.startsWith('musl'))
    ? 'musl'
    : words.some(word => word.startsWith('gnu'))
      ? 'glibc'
      : undefined
  return { ...(cpu && { cpu: [cpu] }), ...(os === 'linux' && libc && { libc: [libc] }), ...(os && { os: [os] }) }
}

/** As Node looks for it: beside the package that wants it, then in each folder above. */
function isThere(packages, path, name) {
  const above = path.lastIndexOf('/node_modules/')
  if (packages[`${path}/node_modules/${name}`] ?? packages[`node_modules/${name}`]) return true
  return above > 0 && isThere(packages, path.slice(0, above), name)
}

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'))
const added = []
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (isThere(lock.packages, path, name)) continue
    const platform = platformOf(name)
    if (Object.keys(platform).length === 0) throw new Error(`${name}: its name does not say where it belongs`)
    const exact = /^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version) ? version : version.replace(/^[~^]/, '')
    lock.packages[`node_modules/${name}`] = {
      version: exact,
      ...platform,
      ...(entry.dev && { dev: true }),
      optional: true,
    }
    added.push(`${name}@${exact}`)
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)))
writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`)
for (const name of added) console.log(`added ${name}`)
