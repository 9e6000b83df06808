import { describe, expect, it } from 'vitest'
import { rules, runRules } from './registry.js'
import { fullTarget, modelWith, spanAt, tier1 } from './testing.js'

describe('runRules', () => {
  it('finds nothing in a blameless model, small or large', () => {
    expect(runRules(modelWith())).toEqual([])
    expect(runRules(modelWith({ metric: tier1, target: fullTarget }))).toEqual([])
  })

  it('finds everything at once, in the order of the file, with the way out', () => {
    const model = modelWith({
      source: { eventsPerSecond: 50_000 },
      metric: {
        by: ['event_id'],
        refreshMs: 500,
        sla: { latencyMs: 10_000, queryMs: 500, lagMs: 30_000 },
        spans: { refresh: spanAt(33), by: spanAt(32) },
      },
    })
    const found = runRules(model)
    expect(found.map(finding => [finding.span.line, finding.code, finding.severity])).toEqual([
      [3, 'kafka-missing', 'warning'],
      [15, 'unused-column', 'warning'],
      [32, 'high-cardinality', 'warning'],
      [33, 'refresh-below-tier', 'error'],
    ])
    for (const finding of found) expect(finding.fix).toBeTruthy()
  })

  it('has each code once', () => {
    expect(new Set(rules.map(rule => rule.code)).size).toBe(rules.length)
  })
})
