import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generatedDocs, outOfDate } from './docs/generated.js'

// Writes the generated pages of docs/. With --check it writes nothing and fails where one is out of date.

const root = fileURLToPath(new URL('..', import.meta.url))
const docs = generatedDocs()

if (process.argv.includes('--check')) {
  const stale = outOfDate(root, docs)
  for (const path of stale) console.error(`${path} is out of date: run npx tsx scripts/docs.ts`)
  process.exitCode = stale.length > 0 ? 1 : 0
} else {
  for (const [path, text] of docs) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  for (const file of readdirSync(join(root, 'docs/lints')))
    if (!docs.has(`docs/lints/${file}`)) rmSync(join(root, 'docs/lints', file))
  console.log(`${docs.size} pages written`)
}
