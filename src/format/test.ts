import { offsetText } from '../testCases/counted.js'
import type { CaseResult, Difference, Place, TestReport, Uncounted } from '../testCases/report.js'
import { counted } from './counted.js'
import { escaped } from './junit.js'
import type { Style } from './style.js'
import { table } from './table.js'

/** One case for people: a line when it holds, else each difference with the events behind it. */
export function caseText(result: CaseResult, style: Style): string {
  if (result.ok) return `${style.green('✓')} ${result.name}`
  return [
    `${style.red('✗')} ${style.bold(result.name)}`,
    ...result.diff.map(each => indented(differenceText(each, style), 4)),
    ...(result.uncounted.length === 0 ? [] : [indented(uncountedText(result.uncounted, style), 4)]),
  ].join('\n')
}

/** `2 of 3 cases failed`. */
export function summaryText({ cases, ok }: TestReport, style: Style): string {
  const failed = cases.filter(each => !each.ok).length
  if (ok) return style.green(`${counted(cases.length, 'case')} ${cases.length === 1 ? 'passes' : 'pass'}`)
  return style.red(`${failed} of ${counted(cases.length, 'case')} failed`)
}

function differenceText(difference: Difference, style: Style): string {
  const { metric, at_ms, read_at_ms, series, expected, actual, note, counted: events } = difference
  const of = series === undefined ? '' : ` of ${Object.entries(series).map(pair => pair.join('='))}`
  const read = read_at_ms === at_ms ? '' : style.dim(` (its refresh at ${offsetText(read_at_ms)})`)
  return [
    `${placeText(difference)}  ${style.bold(metric)}${of} at ${offsetText(at_ms)}${read}`,
    `  expected  ${expected ?? 'null'}`,
    `  actual    ${style.red(String(actual ?? 'null'))}${note === undefined ? '' : style.dim(`  ${note}`)}`,
    `  counted   ${eventsText(events)}`,
    ...(events.rows.length === 0 ? [] : [indented(rowsText(events.rows, style), 4)]),
    ...(events.count > events.rows.length ? [`    … and ${events.count - events.rows.length} more`] : []),
  ].join('\n')
}

const eventsText = ({ count, others }: Difference['counted']): string =>
  `${counted(count, 'event')}${others === 0 ? '' : `; ${counted(others, 'other')} outside its window, series or \`where\``}`

function rowsText(rows: Difference['counted']['rows'], style: Style): string {
  const columns = Object.keys(rows[0] ?? {})
  return table([columns.map(style.dim), ...rows.map(row => columns.map(name => row[name] ?? 'null'))])
}

const uncountedText = (events: readonly Uncounted[], style: Style): string =>
  ['not stored', ...events.map(each => `  ${placeText(each)}  ${style.yellow(each.reason)}`)].join('\n')

const placeText = ({ file, line, column }: Place): string => `${file}:${line}:${column}`

const indented = (text: string, by: number): string => text.replace(/^(?=.)/gm, ' '.repeat(by))

/** The report as JUnit XML: a test for each case. */
export function testJunit({ cases }: TestReport, plain: Style): string {
  const suite = `tests="${cases.length}" failures="${cases.filter(({ ok }) => !ok).length}"`
  const lines = cases.map(result => {
    const open = `    <testcase classname="${escaped(result.file)}" name="${escaped(result.name)}" file="${escaped(result.file)}" line="${result.line}"`
    if (result.ok) return `${open}/>`
    const message = result.diff
      .map(({ metric, expected, actual }) => `${metric}: expected ${expected}, got ${actual}`)
      .join('; ')
    return `${open}><failure message="${escaped(message)}">${escaped(caseText(result, plain))}</failure></testcase>`
  })
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${suite}>`,
    `  <testsuite name="rtdash test" ${suite}>`,
    ...lines,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}
