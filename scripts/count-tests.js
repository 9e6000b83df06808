// Prints `N passed, N failed` over the result files named; one that is missing or broken counts as a failure.
import { readFileSync } from 'node:fs'

const total = { passed: 0, failed: 0, skipped: 0 }
for (const path of process.argv.slice(2)) {
  try {
    const result = JSON.parse(readFileSync(path, 'utf8'))
    total.passed += result.numPassedTests
    total.failed += result.numFailedTests
    // A file that could not be loaded has no tests of its own to count.
    total.failed += result.testResults.filter(
      file => file.status === 'failed' && file.assertionResults.length === 0,
    ).length
    total.skipped += result.numPendingTests
  } catch {
    total.failed += 1
  }
}
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`)
