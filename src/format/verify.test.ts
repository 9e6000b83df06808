import { describe, expect, it } from 'vitest'
import type { VerifyReport } from '../verify/report.js'
import { verifyJunit } from './junit.js'
import { createStyle } from './style.js'
import { verifyMarkdown, verifyText } from './verify.js'

const report: VerifyReport = {
  ok: false,
  checks: [
    { id: 'latency', group: 5, metric: 'errors', observed: 412.345, limit: 1000, unit: 'ms', verdict: 'pass' },
    {
      id: 'latency',
      group: 5,
      metric: 'revenue',
      observed: 9000,
      limit: 15,
      unit: 'ms',
      verdict: 'fail',
      reason: 'p99 is over "15 ms" & more | less',
    },
    { id: 'topics', group: 2, observed: null, limit: null, verdict: 'skipped', reason: 'the target has no Kafka' },
  ],
  stages: [
    { metric: 'errors', stage: 'ingest', p50_ms: 12.4, p99_ms: 40 },
    { metric: 'errors', stage: 'query', p50_ms: null, p99_ms: null },
  ],
}

describe('a report of verify', () => {
  it('as text shows every verdict, why, and where the time went', () => {
    const text = verifyText(report, createStyle(false))
    expect(text).toContain('latency  errors   412.3 ms  1000 ms  pass')
    expect(text).toContain('FAIL latency revenue: p99 is over')
    expect(text).toContain('skipped topics: the target has no Kafka')
    expect(text).toMatch(/errors +12 \/ 40 +– \/ –/)
    expect(text).toContain('1 check passed, 1 failed, 1 skipped')
  })

  it('as Markdown keeps a cell a cell', () => {
    expect(verifyMarkdown(report)).toContain('| **fail** | p99 is over "15 ms" & more \\| less |')
  })

  it('as JUnit is well-formed and counts', () => {
    const xml = verifyJunit(report)
    expect(xml).toContain('tests="3" failures="1" skipped="1"')
    expect(xml).toContain('<failure message="p99 is over &quot;15 ms&quot; &amp; more | less"/>')
    expect(xml).toContain('<testcase classname="latency" name="errors"/>')
  })

  it('says when nothing was measured', () => {
    const text = verifyText({ ok: false, checks: [report.checks[2]!], stages: [] }, createStyle(false))
    expect(text).toContain('0 checks passed, 0 failed, 1 skipped: nothing was measured')
  })
})
