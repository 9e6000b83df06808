// Copies what the compiled code needs beside it and the compiler leaves alone: the plain JavaScript of src/.
import { cpSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

for (const entry of readdirSync('src', { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name)
  if (!entry.isFile() || path.startsWith(join('src', 'web')) || !/\.(c|m)?js$/.test(entry.name)) continue
  cpSync(path, path.replace(/^src/, 'dist'))
}
