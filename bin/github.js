#!/usr/bin/env node
// The steps of the GitHub action: see action.yml and docs/pull-requests.md.
import { main } from '../dist/github/main.js'

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
