// Prints `N passed, N failed` over the result files named; one that is missing or broken counts as a failure. With
// --all FOLDER each test file of that folder must be in one of them, with no test skipped: what is not counts as a
// failure, is named, and makes the exit code 1.
import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

const { values, positionals } = parseArgs({ options: { all: { type: 'string' } }, allowPositionals: true })
const total = { passed: 0, failed: 0, skipped: 0 }
const whole = new Set()
for (const path of positionals) {
  try {
    const result = JSON.parse(readFileSync(path, 'utf8'))
    total.passed += result.numPassedTests
    total.failed += result.numFailedTests
    // A file that could not be loaded has no tests of its own to count.
    total.failed += result.testResults.filter(
      file => file.status === 'failed' && file.assertionResults.length === 0,
    ).length
    total.skipped += result.numPendingTests
    for (const { name, assertionResults: tests } of result.testResults)
      if (tests.length > 0 && tests.every(({ status }) => status === 'passed' || status === 'failed')) whole.add(name)
  } catch {
    total.failed += 1
  }
}
if (values.all !== undefined) {
  const wanted = readdirSync(values.all).filter(name => name.endsWith('.test.ts'))
  const skipped = wanted.filter(name => !whole.has(resolve(values.all, name)))
  if (wanted.length === 0) skipped.push('all of them')
  for (const name of skipped) console.error(`not run, or not all of it: ${values.all}/${name}`)
  total.failed += skipped.length
  if (skipped.length > 0) process.exitCode = 1
}
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`)
