import type { CheckResult, VerifyReport } from '../verify/report.js'

/** The report as JUnit XML, which CI systems show as tests: a class for each check, a case for each of its subjects. */
export function verifyJunit({ checks }: VerifyReport): string {
  const count = (wanted: CheckResult['verdict']): number => checks.filter(check => check.verdict === wanted).length
  const suite = `tests="${checks.length}" failures="${count('fail')}" skipped="${count('skipped')}"`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${suite}>`,
    `  <testsuite name="rtdash verify" ${suite}>`,
    ...checks.map(testCase),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

function testCase(check: CheckResult): string {
  const name = check.metric ?? check.rollup ?? check.source ?? check.id
  const open = `    <testcase classname="${escaped(check.id)}" name="${escaped(name)}"`
  if (check.verdict === 'pass') return `${open}/>`
  const reason = escaped(check.reason ?? `${check.observed} against ${check.limit}`)
  const inner = check.verdict === 'fail' ? `<failure message="${reason}"/>` : `<skipped message="${reason}"/>`
  return `${open}>${inner}</testcase>`
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** Text inside XML. It has no way to write most control characters: they become a question mark. */
export const escaped = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  text.replace(/[&<>"']/g, found => entities[found] ?? '').replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '?')
