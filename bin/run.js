#!/usr/bin/env node
import module from 'node:module'

// Node 22 and later keep compiled code between runs: a tenth of a second less for each command.
module.enableCompileCache?.()
const { main } = await import('../dist/cli/main.js')
await main(process.argv.slice(2), new URL('..', import.meta.url))
